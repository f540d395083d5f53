import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { sourceFiles } from '../support/source-files.js';

const files = sourceFiles('src');
const sources = files.map((file) => readFileSync(file, 'utf8'));

/** The names of the classes that a pattern finds in the sources: the pattern ends where `class` begins. */
const classes = (before: string, after = ''): readonly string[] =>
  sources.flatMap((text) =>
    [...text.matchAll(new RegExp(`^${before}export class (\\w+)${after}`, 'gm'))].map(([, name = '']) => name),
  );

describe('files', () => {
  it('have names of their own, whatever their folders', () => {
    const names = files.map((file) => basename(file));
    expect(names.toSorted()).toEqual([...new Set(names)].sort());
  });
});

describe('classes that Nest knows', () => {
  it.each([
    { suffix: 'Command', names: classes('', ' extends Command\\b') },
    { suffix: 'Query', names: classes('', ' extends Query\\b') },
    { suffix: 'Handler', names: classes('@(?:Command|Query)Handler\\(.*\\n') },
    { suffix: 'Resolver', names: classes('@Resolver\\(.*\\n') },
    { suffix: 'Module', names: classes('@Module\\((?:.*|\\{\\n(?: .*\\n)+\\}\\))\\n') },
  ])('end in $suffix', ({ suffix, names }) => {
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !name.endsWith(suffix))).toEqual([]);
  });
});
