import config from './jest.config.js';

/** What is mutated, and the tests that have to notice: `scripts/mutants.mjs` chooses. */
const { folders = [], tests = [] } = JSON.parse(process.env.MUTATED ?? '{}');
const [{ transform, displayName: _, ...sqlite }] = config.projects;
const [[pattern, [, swc]]] = Object.entries(transform);

export default {
  ...sqlite,
  rootDir: '.',
  testMatch: tests.map((file) => `<rootDir>/${file}`),
  transform: { [pattern]: ['<rootDir>/scripts/mutants/transformer.mjs', { folders, swc }] },
  testEnvironment: '<rootDir>/scripts/mutants/environment.mjs',
  runner: '<rootDir>/scripts/mutants/runner.mjs',
  reporters: [],
  testTimeout: 10_000,
  maxWorkers: 1,
};
