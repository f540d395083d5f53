import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { newFolder } from '../support/api.js';
import { pledgeHere } from '../support/command-line.js';
import { pledge, startPledge } from '../support/pledge.js';

/** What a server prints until it serves; does something then, and stops it. */
async function served(
  folder: string,
  then: (printed: string) => Promise<void> = async () => undefined,
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const server = startPledge(folder, ['serve'], '', env);
  await server.serves();
  try {
    await then(server.printed());
  } finally {
    server.kill('SIGTERM');
  }
  return (await server.ended).stdout;
}

const keyIn = (folder: string) => readFileSync(join(folder, 'data', 'development.key'), 'utf8').trim();

describe('the development key', () => {
  it('is made on the first start and printed once, with a line for curl that works as it stands', async () => {
    const folder = newFolder();
    const first = await served(folder, async (printed) => {
      const curl = printed.split('\n').find((line) => line.trim().startsWith('curl ')) ?? '';
      const { stdout } = await promisify(execFile)('bash', ['-c', curl]);
      expect(JSON.parse(stdout)).toEqual({ data: { slaSummary: { lines: [] } } });
    });
    const key = keyIn(folder);
    expect(first).toContain(`/graphql#key=${key}`);
    expect(statSync(join(folder, 'data', 'development.key')).mode & 0o777).toBe(0o600);

    const second = await served(folder);
    expect(second).not.toContain('pledge_');
    expect(second).toContain('development.key');
    expect(keyIn(folder)).toBe(key);

    rmSync(join(folder, 'data', 'development.key'));
    await served(folder);
    expect(keyIn(folder)).not.toBe(key);
  });

  it('is not made where others can reach the server: it says how to make a key, and promises no GraphiQL', async () => {
    const folder = newFolder();
    const env = { PLEDGE_HOST: '0.0.0.0', PLEDGE_IDENTITY: 'keys' };
    const first = await served(folder, () => Promise.resolve(), env);
    expect(first).toContain('pledge keys create NAME --role admin');
    expect(first).not.toContain('GraphiQL');
    expect((await pledgeHere(folder, ['keys', 'create', 'me', '--role', 'admin'])).code).toBe(0);
    const second = await served(folder, () => Promise.resolve(), { ...env, PLEDGE_EXPLORE: 'yes' });
    expect(second).not.toContain('keys create');
    expect(second).toContain('in a browser, GraphiQL');
  });

  it('that somebody wrote over is refused by a code', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'data'), { mode: 0o700 });
    writeFileSync(join(folder, 'data', 'development.key'), 'secret\n', { mode: 0o600 });
    const { code, stderr } = await pledge(folder, ['serve']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('INVALID_DEVELOPMENT_KEY')]);
  });

  it('is not made for an address that others can reach: the server does not start, and says what to set', async () => {
    const folder = newFolder();
    const { code, stderr } = await pledgeHere(folder, ['serve'], '', { PLEDGE_HOST: '0.0.0.0' });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/IDENTITY_NOT_SET: .*PLEDGE_JWT_ISSUER.*PLEDGE_IDENTITY=keys/),
    ]);
    expect(readdirSync(folder)).toEqual([]);
  });
});
