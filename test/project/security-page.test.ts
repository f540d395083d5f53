import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const page = readFileSync('SECURITY.md', 'utf8');

/** What the page names: a file of tests, and the name of one of them as it stands there. */
const named = [...page.matchAll(/`(test\/[\w/.-]+\.test\.ts)`: "([^"]+)"/g)].map(([, file = '', name = '']) => ({
  file,
  name,
}));

/** The lines of the tables, but for their heads. */
const threats = page.split('\n').filter((line) => /^\| \*\*[STRIDE]\*\* /.test(line));

describe('the page on security', () => {
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
