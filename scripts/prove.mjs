/**
 * `npm run prove -- model --runs 5000` and `npm run prove -- torture --kills 1000`: the random proofs, for longer than
 * the tests run them. A failure prints what repeats it: `--seed` and, for the model, `--path`.
 */
import { spawnSync } from 'node:child_process';
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
const what = positionals[0] ?? '';
if (!['model', 'torture'].includes(what)) {
  console.error(
    'npm run prove -- model|torture [--runs N] [--kills N] [--store sqlite|eventstoredb] [--seed N] [--path P]',
  );
  process.exit(2);
}
const env = {
  TEST_LENGTH: 'long',
  PROVE_SEED: String(Math.floor(Math.random() * 2 ** 31)), // the tests draw the same cases every time; this draws others
  ...Object.fromEntries(Object.entries(values).map(([name, value]) => [options[name], value])),
};
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', `test/${what}/`];
if (what === 'model' && values.store !== undefined) jest.push('--selectProjects', values.store);
const { status } = spawnSync(process.execPath, jest, { stdio: 'inherit', env: { ...process.env, ...env } });
process.exit(status ?? 1);
