import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadSqlite } from '../../src/storage/sqlite.js';
import { newFolder } from '../support/api.js';
import { pledge } from '../support/pledge.js';

const why = 'The module was compiled against a different Node.js version using\nNODE_MODULE_VERSION 115.';

describe('the native module of SQLite', () => {
  it.each<readonly [string, () => unknown]>([
    [
      'is not there',
      () => {
        throw new Error(why);
      },
    ],
    [
      'is of another Node',
      () =>
        class {
          readonly broken = why;
          constructor() {
            throw new Error(why);
          }
        },
    ],
  ])('that %s is refused by a code of its own, and says what to do', (_, load) => {
    expect(() => loadSqlite(load)).toThrow(
      expect.objectContaining({
        code: 'NATIVE_MODULE_UNUSABLE',
        message: expect.stringMatching(/cannot be used by Node v\d.*different Node\.js version using\. Run "npm ci"/),
      }),
    );
  });

  it('is told from a folder that cannot be written, by every command', async () => {
    const folder = newFolder();
    const stub = join(folder, 'stub.cjs');
    const broken = `class { constructor() { throw new Error(${JSON.stringify(why)}); } }`;
    writeFileSync(
      stub,
      `const { Module } = require('node:module'); const load = Module._load;
      Module._load = (name, ...rest) => (/^better-sqlite3/.test(name) ? ${broken} : load(name, ...rest));`,
    );
    mkdirSync(join(folder, 'data'));
    for (const command of [['serve'], ['keys', 'list']]) {
      const { code, stderr } = await pledge(folder, command, '', { NODE_OPTIONS: `--require ${stub}` });
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(/^pledge: NATIVE_MODULE_UNUSABLE: [^\n]*npm ci[^\n]*\n$/),
      ]);
    }
  });
});
