import { spawn, type StdioOptions } from 'node:child_process';
import { openSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inFull, logTo } from '../../src/observability/log.js';
import { ThinnedLog } from '../../src/observability/thinned-log.js';
import { type LogEntry } from '../../src/observability/log.js';
import { Api, newFolder } from '../support/api.js';
import { ManualClock } from '../support/manual-clock.js';

const refused = { level: 'warn', code: 'UNAUTHENTICATED' } as const;

describe('what strangers are refused', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
  });
  afterAll(() => api.end());

  it('is a line a minute, which says how many were left out', async () => {
    const ask = async (authorization: string) => (await api.post('{}', { authorization })).status;
    for (let n = 0; n < 30; n++) expect(await ask(`Bearer pledge_${n}`)).toBe(401);
    const about = { operation: 'POST', actor: 'unknown', path: '/graphql', who: 'address 127.0.0.1' };
    expect(api.logged).toEqual([{ ...refused, id: expect.any(String) as unknown, ...about }]);
    api.time.moveTo(api.time.now() + 60_000);
    await ask('Bearer x');
    expect(api.logged.slice(1)).toEqual([expect.objectContaining({ ...refused, leftOut: 29 })]);
  });

  it('is remembered of so many, by address and code', () => {
    const lines: LogEntry[] = [];
    const time = new ManualClock(0);
    const log = new ThinnedLog((entry) => lines.push(entry), time, 3);
    log.write(refused, 'a');
    log.write({ ...refused, code: 'OTHER' }, 'a');
    log.write(refused, 'b');
    for (const address of ['a', 'b']) log.write(refused, address);
    expect(lines).toHaveLength(3);
    log.write(refused, 'c'); // makes ‹a› forgotten
    log.write(refused, 'a');
    expect(lines.map(({ who, leftOut }) => [who, leftOut])).toEqual(
      ['a', 'a', 'b', 'c', 'a'].map((address) => [`address ${address}`, undefined]),
    );
  });
});

describe('a line of the log', () => {
  it('is left out where nobody reads, and counted when somebody reads again', () => {
    const lines: string[] = [];
    const stream = { writableLength: 0, write: (line: string) => (lines.push(line), true) };
    const log = logTo(() => stream);
    log(refused);
    stream.writableLength = 2_000_000;
    for (let n = 0; n < 1_000; n++) log(refused);
    expect(lines).toHaveLength(1);
    stream.writableLength = 0;
    log(refused);
    log(refused);
    expect(lines.map((line) => (JSON.parse(line) as LogEntry).leftOut)).toEqual([undefined, 1_000, undefined]);
  });

  it('tells an error up to a length, whatever it repeats', () => {
    const error = new Error('x'.repeat(5_000_000), { cause: new Error('y'.repeat(5_000_000)) });
    expect(inFull(error).length).toBeLessThanOrEqual(8_000);
    expect(inFull({ toString: () => 'z'.repeat(5_000_000) }).length).toBeLessThanOrEqual(8_000);
  });
});

describe('a server whose complaints go nowhere', () => {
  const program = fileURLToPath(new URL('../../dist/bin/pledge.js', import.meta.url));

  it.each<readonly [name: string, stderr: () => number | 'pipe']>([
    ['to a disk that is full', () => openSync('/dev/full', 'w')],
    ['to somebody who has left', () => 'pipe'],
  ])('goes on: %s', async (_, stderr) => {
    const folder = newFolder();
    const stdio: StdioOptions = ['ignore', 'pipe', stderr()];
    const environment = { ...process.env, PLEDGE_DATA: folder, PLEDGE_PORT: '0' };
    const server = spawn(process.execPath, [program, 'serve'], { stdio, env: environment });
    server.stderr?.destroy();
    const url = await new Promise<string>((resolve) => {
      let said = '';
      server.stdout?.on('data', (text: Buffer) => {
        said += text.toString();
        const found = /is running on (\S+),/.exec(said)?.[1];
        if (found !== undefined) resolve(found);
      });
    });
    const ended = new Promise<never>((_, reject) => {
      server.once('exit', (code) => {
        reject(new Error(`it ended with ${code ?? 'a signal'}`));
      });
    });
    const ask = async () => {
      for (let n = 0; n < 3; n++) expect((await fetch(`${url}/graphql`, { method: 'POST' })).status).toBe(401);
      expect((await fetch(`${url}/health`)).status).toBe(200);
    };
    await Promise.race([ask(), ended]);
    void Promise.allSettled([ended]); // from here on it is meant
    server.kill('SIGKILL');
    await new Promise((resolve) => server.once('close', resolve));
    rmSync(folder, { recursive: true, force: true });
  });
});
