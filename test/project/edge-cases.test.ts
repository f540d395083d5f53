import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const read = (file: string) => readFileSync(file, 'utf8');
const unique = (numbers: readonly string[]) => [...new Set(numbers.map(Number))].sort((a, b) => a - b);

const listed = [...read('docs/edge-cases.md').matchAll(/^\| (\d+) \| .+ \| .+ \|$/gm)].map(([, number = '']) => number);

/** The numbers that names of tests begin with. */
const tested = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .flatMap((file) => [...read(join('test', file)).matchAll(/['"`](\d+(?:, \d+)*): /g)])
  .flatMap(([, numbers = '']) => numbers.split(', '));

describe('the edge cases', () => {
  it('that are listed are tested by name, and those tested are listed', () => {
    expect(unique(listed)).toEqual(unique(tested));
    expect(listed.length).toBe(unique(listed).length);
  });
});
