import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';

interface Mutant {
  readonly id: string;
  readonly line: number;
  readonly from: string;
  readonly to: string;
}
const mutator: string = '../../scripts/mutants/mutate.mjs';
const { mutate } = (await import(mutator)) as {
  mutate: (file: string, source: string) => { readonly text: string; readonly mutants: readonly Mutant[] };
};

/** What a function of a source answers with each of its mutants, and with none. */
function tried(source: string, call: string) {
  const { text, mutants } = mutate('a.ts', source);
  const answer = (id?: string): unknown => {
    const registry = { is: (asked: string) => asked === id };
    return runInNewContext(`${text}; ${call};`, { __mutants: registry });
  };
  return { none: answer(), each: mutants.map(({ id, from, to }) => [`${from} → ${to}`, answer(id)]) };
}

describe('mutants', () => {
  it.each<[what: string, source: string, call: string, none: unknown, each: readonly (readonly [string, unknown])[]]>([
    [
      'comparisons',
      'function f(a) { return a < 2; }',
      'f(2)',
      false,
      [
        ['2 → (2 + 1)', true],
        ['a < 2 → a <= 2', true],
      ],
    ],
    [
      'what is in both',
      'function f(a) { return a && !a; }',
      'f(true)',
      false,
      [
        ['!a → !!(a)', true],
        ['a && !a → a || !a', true],
      ],
    ],
    ['what is there otherwise', 'function f(a) { return a ?? "b"; }', 'f(null)', 'b', [['a ?? "b" → a', null]]],
    [
      'conditions',
      'function f(a) { if (a) return "yes"; return "no"; }',
      'f(0)',
      'no',
      [
        ['a → false', 'no'],
        ['a → true', 'yes'],
      ],
    ],
    [
      'calls for what they do',
      'function f(a) { if (a) a.push(a.length); else a = null; return a; }',
      'f([])',
      [0],
      [
        ['a → false', null],
        ['a → true', [0]],
        ['a.push(a.length); → ', []],
      ],
    ],
    ['methods', 'function f(a) { return a.filter(Boolean); }', 'f([0])', [], [['a.filter(Boolean) → a', [0]]]],
    [
      'refusals',
      'function f(a) { throw new Error("x"); }',
      '(() => { try { return f(); } catch { return "refused"; } })()',
      'refused',
      [['throw new Error("x"); → ', undefined]],
    ],
    ['what is spread', 'function f(a) { return [...a]; }', 'f([1])', [1], [['...a → []', []]]],
  ])('change %s, each by itself, and nothing where none is tried', (_, source, call, none, each) => {
    expect(tried(source, call)).toEqual({ none, each });
  });

  it('are none in types and in what is read once, when a module is loaded', () => {
    const source = 'type A = 1 | true; interface B { readonly c: 2 } const most = 5; export const f = (a: 3 = 3) => a;';
    expect(mutate('a.ts', source).mutants.map(({ from }) => from)).toEqual(['3']);
  });

  it('that make no difference are told with a reason, and are there', () => {
    const known = JSON.parse(readFileSync('test/mutants/equivalents.json', 'utf8')) as readonly {
      readonly file: string;
      readonly from: string;
      readonly to: string;
      readonly why: string;
    }[];
    const lost = known.filter(
      ({ file, from, to }) =>
        !mutate(file, readFileSync(file, 'utf8')).mutants.some((mutant) => mutant.from === from && mutant.to === to),
    );
    expect(lost).toEqual([]);
    expect(known.filter(({ why }) => why.length < 10)).toEqual([]);
  });
});
