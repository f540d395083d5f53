/**
 * `npm run prove`: every random test draws new cases, in about a minute. `npm run prove -- model --runs 5000` and
 * `npm run prove -- torture --kills 1000`: the two largest for longer than the tests run them. `npm run prove -- test/model
 * --seed 7` repeats those of some files. What failed prints what repeats it: `--seed` and, for the model, `--path`.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const options = {
  runs: 'PROVE_RUNS',
  kills: 'PROVE_KILLS',
  store: 'PROVE_STORE',
  seed: 'PROVE_SEED',
  path: 'PROVE_PATH',
};
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: Object.fromEntries(Object.keys(options).map((name) => [name, { type: 'string' }])),
});

/** The files whose tests draw at random: they load what sets the seed. */
const drawing = readdirSync('test', { recursive: true })
  .map((name) => join('test', name))
  .filter((file) => file.endsWith('.test.ts') && readFileSync(file, 'utf8').includes("/support/fc.js'"));

const [what] = positionals;
const isLong = what === 'model' || what === 'torture';
const files = isLong
  ? [`test/${what}/`]
  : drawing.filter((file) => what === undefined || positionals.some((asked) => file.startsWith(asked)));
if (files.length === 0) {
  console.error(
    'npm run prove -- [model|torture|FILE…] [--runs N] [--kills N] [--store sqlite|eventstoredb] [--seed N] [--path P]',
  );
  process.exit(2);
}

// The tests draw the same cases every time; this draws others.
const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));
const env = {
  ...(isLong ? { TEST_LENGTH: 'long' } : { PROVE_RUNS: '10' }),
  ...Object.fromEntries(Object.entries(values).map(([name, value]) => [options[name], value])),
  PROVE_SEED: seed,
};
const store = what === 'torture' ? undefined : (values.store ?? (isLong ? undefined : 'sqlite'));
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', ...files];
if (store !== undefined) jest.push('--selectProjects', store);
console.error(`Seed ${seed}`);
const { status } = spawnSync(process.execPath, jest, { stdio: 'inherit', env: { ...process.env, ...env } });
if (status !== 0)
  console.error(`To draw the same again: npm run prove -- ${[...positionals, `--seed ${seed}`].join(' ')}`);
process.exit(status ?? 1);
