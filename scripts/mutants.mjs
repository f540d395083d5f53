/**
 * Tests the tests: changes the code in small ways, one at a time, and sees whether a test fails. Prints, by folder, how many
 * changes were noticed; writes those that were not.
 *
 *     npm run mutants                          every mutant of every folder
 *     npm run mutants -- clocks --every 10     each tenth of one folder
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { mutate } from './mutants/mutate.mjs';

/** What is mutated, the least share that must be noticed, and the folders of tests that notice. */
const parts = [
  { folder: 'clocks', least: 0.9, tests: ['clocks', 'tickets/domain', 'model'] },
  { folder: 'tickets/domain', least: 0.9, tests: ['tickets', 'clocks', 'model', 'event-schema'] },
  { folder: 'business-time', least: 0.9, tests: ['business-time'] },
  { folder: 'catalogue/domain', least: 0.9, tests: ['catalogue', 'tickets/domain'] },
  { folder: 'event-sourcing', least: 0.8, tests: ['event-sourcing', 'event-store/sqlite', 'feed', 'deadlines'] },
  { folder: 'event-store/sqlite', least: 0.8, tests: ['event-store/sqlite', 'event-sourcing', 'faults/full-database'] },
  { folder: 'auth', least: 0.8, tests: ['auth', 'e2e/identity', 'security/keys'] },
  { folder: 'webhooks', least: 0.8, tests: ['webhooks', 'e2e/webhooks'] },
];

/** A mutant of which nothing comes in this time keeps its process for ever: that is noticed too. */
const patienceMs = 120_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { every: { type: 'string', default: '1' }, from: { type: 'string', default: '0' } },
});
const every = Number(values.every);
const chosen = parts.filter(({ folder }) => positionals.length === 0 || positionals.includes(folder));
const equivalents = JSON.parse(readFileSync('test/mutants/equivalents.json', 'utf8'));

const filesIn = (folder, ending) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name))
    .sort();

/** Tests of a folder, or whose names begin so. */
function testsOf(name) {
  const folder = join('test', name);
  if (existsSync(folder)) return filesIn(folder, '.test.ts');
  const parent = join(folder, '..');
  return filesIn(parent, '.test.ts').filter((file) => file.startsWith(folder));
}

/** Those with an environment of their own do not ask which mutant is tried. */
const isShared = (file) => !readFileSync(file, 'utf8').includes('@jest-environment');

const isEquivalent = ({ id, from, to }) =>
  equivalents.some((known) => id.startsWith(`${known.file}#`) && known.from === from && known.to === to);

function tryAll(mutants, { folder, tests }) {
  const run = mkdtempSync(join(tmpdir(), 'pledge-mutants-'));
  const told = join(run, 'told');
  writeFileSync(told, '');
  const files = [...new Set(tests.flatMap(testsOf))].filter(isShared);
  const lines = () =>
    readFileSync(told, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  const left = () => {
    const begun = new Set(lines().map(({ id }) => id));
    return mutants.filter(({ id }) => !begun.has(id)).map(({ id }) => id);
  };
  return goOn().finally(() => rmSync(run, { recursive: true }));

  async function goOn() {
    while (left().length > 0) {
      const asked = join(run, 'mutants.json');
      writeFileSync(asked, JSON.stringify({ folder, mutants: left(), told }));
      const before = lines().length;
      const code = await patiently(asked);
      if (code !== 0 && lines().length === before) throw new Error(`the tests of ${folder} fail by themselves`);
    }
    return new Map(lines().map(({ id, state }) => [id, state === 'begun' ? 'killed' : state]));
  }

  /** Runs Jest until it ends, or until nothing came of a mutant for too long. */
  function patiently(asked) {
    const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
    const child = spawn(process.execPath, [...jest, '--config', 'jest.mutants.config.js', '-i'], {
      env: { ...process.env, MUTANTS: asked, MUTATED: JSON.stringify({ folders: [folder], tests: files }) },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const before = lines().length;
    let [last, since] = [before, Date.now()];
    const watch = setInterval(() => {
      const now = lines().length;
      if (now !== last) [last, since] = [now, Date.now()];
      else if (last > before && Date.now() - since > patienceMs) child.kill('SIGKILL');
    }, 1_000);
    return new Promise((resolve) => {
      child.once('exit', (code) => {
        clearInterval(watch);
        resolve(code);
      });
    });
  }
}

const survived = [];
const rows = [];
for (const part of chosen) {
  const all = filesIn(join('src', part.folder), '.ts')
    .flatMap((file) => mutate(file, readFileSync(file, 'utf8')).mutants)
    .filter((mutant) => !isEquivalent(mutant));
  const mutants = all.filter((_, i) => i % every === Number(values.from));
  const states = await tryAll(mutants, part);
  const of = (state) => mutants.filter(({ id }) => states.get(id) === state);
  survived.push(...of('survived'), ...of('unmet').map((mutant) => ({ ...mutant, unmet: true })));
  const killed = of('killed').length;
  const score = killed / mutants.length;
  rows.push({ folder: part.folder, mutants: all.length, tried: mutants.length, killed, score, least: part.least });
  console.log(
    `${part.folder.padEnd(20)} ${String(killed).padStart(5)} of ${String(mutants.length).padStart(5)} noticed  ${(100 * score).toFixed(1)} % (${100 * part.least} %)`,
  );
}
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const result = { at: new Date().toISOString(), commit, every, rows, survived };
writeFileSync('test/mutants/last-result.json', `${JSON.stringify(result, undefined, 2)}\n`);
if (rows.some(({ score, least }) => score < least)) process.exitCode = 1;
