import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startUnavailableServer, type UnavailableServer } from '../../src/app/unavailable-server.js';

describe('the server that says that there is no event store yet', () => {
  let server: UnavailableServer;
  beforeAll(async () => {
    server = await startUnavailableServer({ host: '127.0.0.1', port: 0 });
  });
  afterAll(() => server.close());

  it('goes on where a client asks for a socket and leaves', async () => {
    const asking =
      'GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n';
    for (let n = 0; n < 100; n++) {
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => undefined);
      await new Promise((resolve) => socket.write(asking, resolve));
      socket.resetAndDestroy();
    }
    expect((await fetch(`${server.url}/health`)).status).toBe(503);
  });
});
