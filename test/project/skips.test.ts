import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { newFolder } from '../support/api.js';

/** Runs one test that passes and one that is skipped; answers the exit status and what is said. */
function runWithSkip(CI: string, reasons: Readonly<Record<string, string>>) {
  const folder = newFolder();
  const config = {
    ...{ rootDir: folder, testMatch: ['**/*.test.cjs'], transform: {} },
    reporters: ['default', [resolve('test/support/skips-reporter.mjs'), { reasons }]],
  };
  writeFileSync(
    join(folder, 'a.test.cjs'),
    'it("passes", () => {}); describe("a desk", () => it.skip("waits", () => {}));',
  );
  const args = [resolve('node_modules/jest/bin/jest.js'), '-i', '--config', JSON.stringify(config)];
  const env = { ...process.env, CI };
  return spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });
}

describe('a test that is skipped', () => {
  it('fails the run in CI, and is named', () => {
    const { status, stderr } = runWithSkip('true', {});
    expect([status, stderr]).toEqual([1, expect.stringContaining('skipped without a reason:\n  a desk waits')]);
  });

  it('passes in CI where it is listed with a reason', () => {
    expect(runWithSkip('true', { 'a desk waits': 'its machine is elsewhere' }).status).toBe(0);
  });

  it('passes where no CI is', () => {
    expect(runWithSkip('', {}).status).toBe(0);
  });
});
