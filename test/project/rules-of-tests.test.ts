import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Linter } from 'eslint';

let rules: Linter.RulesRecord;
beforeAll(async () => {
  const { rulesOfTests } = (await import(resolve('eslint.tests.js'))) as { readonly rulesOfTests: Linter.RulesRecord };
  rules = rulesOfTests;
});

const faults = (code: string) =>
  new Linter().verify(code, { rules, languageOptions: { sourceType: 'module' } }).map(({ message }) => message);

describe('the rules of tests', () => {
  it.each([
    ['a matcher in not.toContain', "expect(lines).not.toContain(expect.stringContaining('x'));", /compare by identity/],
    ['a negated one', "expect(lines).not.toContain(expect.not.stringContaining('x'));", /compare by identity/],
    ['a matcher in toContain', 'expect(lines).toContain(expect.anything());', /compare by identity/],
    ['a matcher in toBe', 'expect(line).toBe(expect.any(String));', /compare by identity/],
    ['any error', 'expect(work).toThrow();', /Any error would do/],
    ['any rejection', 'await expect(work()).rejects.toThrow();', /Any error would do/],
    ['places that may be -1', "expect(text.indexOf('a')).toBeLessThan(text.indexOf('b'));", /at -1/],
    ['a place that may be -1', 'expect([lines.lastIndexOf(a) > 3]).toEqual([true]);', /at -1/],
    ['one alone', "it.only('x', () => {});", /would not run/],
    ['some alone', "describe.only('x', () => {});", /would not run/],
    ['one that is skipped', "it.skip('x', () => {});", /never runs/],
    ['one that is to be written', "it.todo('x');", /never runs/],
    ['an answer of which any error will do', 'await work().catch(() => undefined);', /Any error would do/],
    ['an error that nobody looks at', 'try { work(); } catch {}', /nobody looks at/],
  ])('find %s', (_, code, says) => {
    const found = faults(code);
    expect(found.length).toBeGreaterThan(0);
    for (const message of found) expect(message).toMatch(says);
  });

  it.each([
    ['a matcher in toContainEqual', "expect(lines).not.toContainEqual(expect.stringContaining('x'));"],
    ['a value in toContain', "expect(lines).toContain('x');"],
    ['an error that is meant', "expect(work).toThrow('no room'); expect(other).not.toThrow();"],
    ['one that is skipped where a machine lacks something', "(there ? it : it.skip)('x', () => {});"],
    ['an answer whose error is meant', "await work().catch(meant('GONE'));"],
    ['an error that is looked at', 'try { work(); } catch (error) { said.push(error); }'],
  ])('let pass %s', (_, code) => {
    expect(faults(code)).toEqual([]);
  });
});
