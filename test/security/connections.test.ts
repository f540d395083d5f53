import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { standardLimits } from '../../src/api/limits.js';
import { Api, newFolder } from '../support/api.js';

describe('connections of one address', () => {
  let api: Api;
  const open: Socket[] = [];
  const start = (environment: NodeJS.ProcessEnv, connections: Partial<typeof standardLimits>) =>
    Api.start('2026-03-02T09:00:00Z', newFolder(), environment, { limits: { ...standardLimits, ...connections } });
  beforeAll(async () => {
    api = await start({}, { connectionsPerAddress: 5 });
  });
  afterEach(() => {
    for (const socket of open.splice(0)) socket.destroy();
  });
  afterAll(() => api.end());

  async function hold(url: string, count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      const { hostname, port } = new URL(url);
      const socket = connect(Number(port), hostname);
      open.push(socket);
      socket.on('error', () => undefined);
      await new Promise((resolve) => socket.once('connect', resolve));
    }
  }

  /** What a connection of its own is answered. */
  function ask(url: string): Promise<string> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    open.push(socket);
    let said = '';
    socket.setEncoding('utf8').on('data', (text: string) => (said += text));
    socket.write('GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    return new Promise((resolve) => {
      socket
        .on('error', () => undefined)
        .once('close', () => {
          resolve(said);
        });
    });
  }

  it('beyond the limit are refused at once, with a code, and taken again when others have gone', async () => {
    await hold(api.url, 5);
    const refused = await ask(api.url);
    expect(refused).toMatch(/^HTTP\/1\.1 429 Too Many Requests\r\n/);
    expect(refused).toContain('"code":"TOO_MANY_CONNECTIONS"');
    for (const socket of open.splice(0)) socket.destroy();
    let answer = await ask(api.url);
    while (!answer.startsWith('HTTP/1.1 200')) answer = await ask(api.url); // until the server has seen them go
    expect(answer).toContain('"status":"ok"');
  });

  it('are told of once a minute, however many are refused', async () => {
    await hold(api.url, 5);
    const before = api.logged.length;
    api.time.moveTo(api.time.now() + 60_000);
    for (let n = 0; n < 20; n++) await ask(api.url);
    expect(api.logged.slice(before).map(({ code }) => code)).toEqual(['TOO_MANY_CONNECTIONS']);
  });

  it('that is a proxy of ours are limited with all others alone', async () => {
    const behind = await start({ PLEDGE_PROXIES: '127.0.0.1' }, { connectionsPerAddress: 2, connections: 4 });
    await hold(behind.url, 3);
    expect(await ask(behind.url)).toMatch(/^HTTP\/1\.1 200 /);
    await hold(behind.url, 1);
    let answer = await ask(behind.url);
    while (answer.startsWith('HTTP/1.1 200')) answer = await ask(behind.url);
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    for (const socket of open.splice(0)) socket.destroy();
    await behind.end();
  });
});
