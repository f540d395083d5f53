/**
 * `npm run bench -- NAME`: runs one bench, prints its figures, and writes them to bench/results/NAME.json with when, on what and
 * of which commit they are. With words after the name, a bench that has parts does some of them, and nothing is written. Without
 * a name all benches run, one after another.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const names = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.mjs') && file !== 'run.mjs')
  .map((file) => file.slice(0, -4));
const { positionals } = parseArgs({ allowPositionals: true });
const [name, ...words] = positionals;
if (name === undefined) process.exit(runAll());
if (!names.includes(name)) {
  console.error(`usage: npm run bench -- NAME, with NAME one of ${names.join(', ')}`);
  process.exit(2);
}

const { bench } = await import(new URL(`${name}.mjs`, import.meta.url));
const figures = await bench(words);
if (figures.length === 0) process.exit(1); // it has said why
const round = (value) => (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toFixed(2)));
// A target is the least that will do, or where less is better the most.
const rows = figures.map(({ name: figure, value, unit, target, most, rounds, spread }) => {
  const holds = target !== undefined ? value >= target : most !== undefined ? value <= most : null;
  return {
    name: figure,
    value: round(value),
    unit,
    target: target ?? (most === undefined ? null : `≤ ${most}`),
    holds,
    ...(rounds === undefined ? {} : { rounds, spread: spread.map(round) }),
  };
});
console.table(
  Object.fromEntries(
    rows.map(({ name: figure, rounds, spread, ...rest }) => [figure, { ...rest, spread: spread?.join(' to ') ?? '' }]),
  ),
);
if (words.length === 0) {
  const folder = new URL('results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify({ ...circumstances(), figures: rows }, null, 2)}\n`);
}
process.exit(rows.some(({ holds }) => holds === false) ? 1 : 0);

/** When the figures were measured, on which machine, and of which commit. */
function circumstances() {
  const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const isChanged = git('status', '--porcelain', '--', 'src', 'bench/*.mjs', 'package-lock.json') !== '';
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: git('rev-parse', '--short', 'HEAD') + (isChanged ? ', changed' : ''),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.versions.node}`,
  };
}

/** Runs each bench in a process of its own; answers 1 where a target of any does not hold, else 0. */
function runAll() {
  const failed = names.filter((each) => {
    console.log(`\n${each}`);
    return spawnSync(process.execPath, [fileURLToPath(import.meta.url), each], { stdio: 'inherit' }).status !== 0;
  });
  console.log(failed.length === 0 ? '\nEvery target holds.' : `\nNot every target holds in: ${failed.join(', ')}.`);
  return failed.length === 0 ? 0 : 1;
}
