import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { BatchingSocket } from '../../src/api/websocket/batching-socket.js';

describe('a socket that gathers what it is sent', () => {
  let http: Server;
  let client: WebSocket;
  let socket: BatchingSocket;
  let connection: Socket;
  beforeEach(async () => {
    http = createServer().listen(0, '127.0.0.1');
    await once(http, 'listening');
    const address = http.address();
    const sockets = new WebSocketServer({ noServer: true, WebSocket: BatchingSocket });
    const opened = new Promise<void>((resolve) => {
      http.on('upgrade', (request: IncomingMessage, duplex: Socket, head: Buffer) => {
        sockets.handleUpgrade(request, duplex, head, (upgraded) => {
          [socket, connection] = [upgraded, duplex];
          socket.connection = duplex;
          resolve();
        });
      });
    });
    client = new WebSocket(`ws://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`);
    await opened;
    await once(client, 'open');
  });
  afterEach(() => {
    client.terminate();
    http.close();
  });

  it('writes nothing before the turn is over, then all of it in order, and keeps nobody waiting', async () => {
    const heard: string[] = [];
    const all = new Promise<void>((resolve) => {
      client.on('message', (data: Buffer) => {
        if (heard.push(data.toString()) === 10) resolve();
      });
    });
    const before = connection.bytesWritten;
    let sent = 0;
    for (let n = 0; n < 10; n++) socket.send(String(n), () => (sent += 1));
    expect(sent).toBe(10);
    expect(connection.writableLength).toBeGreaterThan(0);
    expect(connection.bytesWritten - before).toBe(connection.writableLength); // Node counts what waits as written
    await all;
    expect(heard).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  });

  it('keeps who sends waiting where the client is behind with its reading', async () => {
    client.pause();
    let sent = 0;
    let asked = 0;
    while (sent === asked) {
      asked += 1;
      socket.send('x'.repeat(50_000), () => (sent += 1));
      await new Promise((resolve) => setImmediate(resolve));
    }
    client.resume();
    while (sent < asked) await new Promise((resolve) => setImmediate(resolve));
    expect(socket.bufferedAmount).toBe(0);
  });
});
