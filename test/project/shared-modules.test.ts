import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

/** What a test file found when it began: the names of the files that had been there before it. */
interface Found {
  readonly inSource: readonly string[];
  readonly inLateSource: readonly string[];
  readonly inTests: readonly string[];
  readonly inGlobals: readonly string[];
  readonly inVariables: readonly string[];
  readonly inMatchers: readonly string[];
}

const own = '/** @jest-environment node */';
const names = { shared: ['a', 'b', 'c'], own: ['d'], mocking: ['e'] } as const;

/** A test file that leaves its name wherever it can, and writes down which names it found there. */
const testFile = (name: string) => `
  import { writeFileSync } from 'node:fs';
  import { expect, it, jest } from '@jest/globals';
  import { names as inSource } from '../src/names.js';
  import { names as inTests } from './names.js';

  it('looks around', async () => {
    const { names: inLateSource } = await import('../src/late.js');
    const places = { inSource, inLateSource, inTests };
    const left = ['a', 'b', 'c', 'd'];
    const found = {
      ...Object.fromEntries(Object.entries(places).map(([place, names]) => [place, [...names]])),
      inGlobals: left.filter((other) => 'left_' + other in globalThis),
      inVariables: left.filter((other) => 'LEFT_' + other in process.env),
      inMatchers: left.filter((other) => 'toBe_' + other in expect('')),
    };
    for (const names of Object.values(places)) names.push('${name}');
    globalThis.left_${name} = true;
    globalThis.fetch = () => 'nothing';
    process.env.LEFT_${name} = 'set';
    expect.extend({ toBe_${name}: () => ({ pass: true, message: () => '' }) });
    jest.useFakeTimers();
    jest.spyOn(Math, 'max').mockReturnValue(0);
    writeFileSync('${name}.json', JSON.stringify(found));
  });`;

const mocking = `
  import { expect, it, jest } from '@jest/globals';

  it('is refused', () => {
    const mocked = () => jest.unstable_mockModule('../src/names.js', () => ({ names: [] }));
    expect(mocked).toThrow('needs modules of its own');
  });`;

/** Checks at its beginning what other files may have left behind. */
const untouched = `
  import { expect, it } from '@jest/globals';

  it('finds time, numbers and the network as they are', () => {
    expect([Math.max(1, 2), typeof setTimeout(() => undefined, 0).ref, fetch.name]).toEqual([2, 'function', 'fetch']);
  });`;

describe('test files that one worker runs', () => {
  const found = new Map<string, Found>();
  let folder: string;
  let said: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pledge-modules-'));
    for (const name of ['src', 'test']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    for (const module of ['src/names', 'src/late', 'test/names']) {
      writeFileSync(join(folder, `${module}.js`), 'export const names = [];');
    }
    for (const name of names.shared) writeFileSync(join(folder, `test/${name}.test.js`), testFile(name));
    for (const name of names.own) writeFileSync(join(folder, `test/${name}.test.js`), `${own}${testFile(name)}`);
    for (const name of ['e', 'f'])
      writeFileSync(join(folder, `test/${name}.test.js`), name === 'e' ? mocking : untouched);
    const config = {
      ...{ rootDir: folder, testMatch: ['**/*.test.js'], transform: {}, testSequencer: join(folder, 'by-name.cjs') },
      testEnvironment: resolve('test/support/shared-environment.mjs'),
      runtime: resolve('test/support/shared-runtime.mjs'),
    };
    const byName = 'tests.sort((one, other) => one.path.localeCompare(other.path))';
    writeFileSync(
      config.testSequencer,
      `module.exports = class { sort(tests) { return ${byName}; } cacheResults() {} };`,
    );
    const flags = ['--experimental-vm-modules', '--no-warnings', resolve('node_modules/jest/bin/jest.js')];
    const args = [...flags, '-i', '--config', JSON.stringify(config)];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    said = stderr;
    expect([status, stderr]).toEqual([0, expect.stringContaining('6 passed, 6 total')]);
    for (const name of [...names.shared, ...names.own]) {
      found.set(name, JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Found);
    }
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('share the modules of src', () => {
    expect(names.shared.map((name) => found.get(name)?.inSource)).toEqual([[], ['a'], ['a', 'b']]);
    expect(names.shared.map((name) => found.get(name)?.inLateSource)).toEqual([[], ['a'], ['a', 'b']]);
  });

  it.each(['inTests', 'inGlobals', 'inVariables', 'inMatchers'] as const)('share nothing else: %s', (place) => {
    expect(names.shared.map((name) => found.get(name)?.[place])).toEqual([[], [], []]);
  });

  it('have modules of their own where they ask for them', () => {
    expect(found.get('d')).toEqual({
      ...{ inSource: [], inLateSource: [], inTests: [], inGlobals: [], inVariables: [], inMatchers: [] },
    });
  });

  it('find spies and fake timers of other files gone, and may not mock what they share', () => {
    expect(said).toMatch(/PASS test\/e\.test\.js[\s\S]*PASS test\/f\.test\.js/);
  });
});
