import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { newFolder } from '../support/api.js';

const page = readFileSync('SECURITY.md', 'utf8');

/** What the page names: a file of tests, and the name of one of them as it stands there. */
const named = [...page.matchAll(/`(test\/[\w/.-]+\.test\.ts)`: "([^"]+)"/g)].map(([, file = '', name = '']) => ({
  file,
  name,
}));

/** The lines of the tables, but for their heads. */
const threats = page.split('\n').filter((line) => /^\| \*\*[STRIDE]\*\* /.test(line));

describe('the page on security', () => {
  // That each of them ran and passed, the reporter of Jest sees: test/support/security-reporter.mjs.
  it.each(named)('names a test that there is: $file, $name', ({ file, name }) => {
    const titles = readFileSync(file, 'utf8').replaceAll("\\'", "'");
    expect([`'${name}'`, `"${name}"`].some((title) => titles.includes(title))).toBe(true);
  });

  it('names a test for every threat', () => {
    expect(threats.length).toBeGreaterThan(30);
    expect(threats.filter((line) => !/`test\/[\w/.-]+\.test\.ts`: "/.test(line))).toEqual([]);
  });

  it('goes through every kind of threat in every section', () => {
    const sections = page.split(/^## /m).filter((section) => section.includes('| **'));
    expect(sections.length).toBeGreaterThan(3);
    for (const section of sections) {
      const kinds = [...section.matchAll(/^\| \*\*([STRIDE])\*\* /gm)].map(([, kind]) => kind);
      expect([section.split('\n')[0], [...new Set(kinds)].sort().join('')]).toEqual([section.split('\n')[0], 'DEIRST']);
    }
  });

  it('says how to report a vulnerability', () => {
    expect(page).toMatch(/^## Reporting a vulnerability$/m);
  });
});

/** Runs a file of tests under a page that names some of its tests; answers the exit status and what is said. */
function runUnder(names: readonly string[], tests: string, more: readonly string[] = [], CI = 'true') {
  const folder = newFolder();
  mkdirSync(join(folder, 'test'));
  writeFileSync(join(folder, 'test/a.test.ts'), tests);
  const security = join(folder, 'page.md');
  writeFileSync(security, names.map((name) => `| **S** a | b | \`test/a.test.ts\`: "${name}" |`).join('\n'));
  const config = {
    ...{ rootDir: folder, testMatch: ['**/*.test.ts'], transform: {}, testEnvironment: 'node' },
    reporters: [[resolve('test/support/security-reporter.mjs'), { page: security }]],
  };
  const args = [resolve('node_modules/jest/bin/jest.js'), '-i', '--config', JSON.stringify(config), ...more];
  return spawnSync(process.execPath, args, { cwd: folder, env: { ...process.env, CI }, encoding: 'utf8' });
}

describe('a test that the page on security names', () => {
  const two =
    'it.each([1, 2])("is refused: %i (sure)", () => {}); it.skip("waits", () => {}); it("is not named", () => {});';

  it('fails the run where it was skipped, or is none', () => {
    const { status, stderr } = runUnder(['waits', 'is refused', 'is refused: %i (sure)'], two);
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining('did not run and pass:\n  test/a.test.ts: waits\n  test/a.test.ts: is refused\n'),
    ]);
  });

  it('passes where it ran, where only a part was asked for, and where no CI is', () => {
    expect(runUnder(['is refused: %i (sure)'], two).status).toBe(0);
    expect(runUnder(['waits'], two, ['-t', 'is not named']).status).toBe(0);
    expect(runUnder(['waits'], two, [], '').status).toBe(0);
  });
});
