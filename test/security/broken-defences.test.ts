import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

interface Replacement {
  readonly threat: string;
  readonly file: string;
  readonly search: string;
  readonly replace: string;
  readonly test: string;
  readonly title: string;
}

const replacements = parse(readFileSync('test/security/broken/replacements.yaml', 'utf8')) as readonly Replacement[];

/** The rows of the page by what they say of the threat. */
const rows = new Map(
  readFileSync('SECURITY.md', 'utf8')
    .split('\n')
    .flatMap((row) => {
      const [, threat] = /^\| \*\*[STRIDE]\*\* (.*?) \| /.exec(row) ?? [];
      return threat === undefined ? [] : [[threat, row] as const];
    }),
);

/** Rows that nothing breaks yet: it may become less, and not more. */
const mostUnbroken = 97;

describe('what takes the defence of a threat away', () => {
  it.each(replacements)(
    'is a text that its file has once, and something else: $threat',
    ({ file, search, replace }) => {
      expect(readFileSync(file, 'utf8').split(search).length).toBe(2);
      expect(replace).not.toBe(search);
    },
  );

  it.each(replacements)('is noticed by a test that the row names: $threat', ({ threat, test, title }) => {
    expect(rows.get(threat)).toContain(`\`${test}\`: "${title}"`);
  });

  it('is there once for a threat, and for no fewer threats than before', () => {
    const broken = replacements.map(({ threat }) => threat);
    expect(broken.toSorted()).toEqual([...new Set(broken)].sort());
    expect(rows.size - broken.length).toBeLessThanOrEqual(mostUnbroken);
  });
});
