import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import './test/support/folders-in-memory.mjs';

// What `npm start` sets, for the tests and the processes that they start: in development, graphql-js checks more and takes longer.
process.env.NODE_ENV = 'production';

/** Jest runs the TypeScript sources as ES modules; swc only strips the types and writes decorator metadata. */
const common = {
  // Modules of src/ and node_modules/ are loaded once in a worker: docs/testing.md.
  testEnvironment: '<rootDir>/test/support/shared-environment.mjs',
  runtime: '<rootDir>/test/support/shared-runtime.mjs',
  roots: ['<rootDir>/test'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'], // most imports are of TypeScript: it is looked for first
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2022',
        },
        module: { type: 'es6' },
      },
    ],
  },
};

/** `npm run test:long` runs the tests alone whose repetitions test/support/lengths.ts counts. */
const isLong = process.env.TEST_LENGTH === 'long';
const isChosen = (file) => !isLong || readFileSync(`test/${file}`, 'utf8').includes('/support/lengths.js');
const testsIn = (folder) =>
  readdirSync(`test/${folder}`, { recursive: true })
    .map((file) => join(folder, file))
    .filter((file) => file.endsWith('.test.ts') && isChosen(file))
    .map((file) => `<rootDir>/test/${file}`);

const notOurs = 'the log is not part of the project';

/** Tests that may be skipped in CI, each with its reason. */
const mayBeSkipped = {
  'a real log of ServiceNow: Pledge agrees with its own verdicts in at least 99.8 % of all incidents': notOurs,
  'a real log of an Italian help desk goes in whole, by its example': notOurs,
  "a real log of Volvo's problems goes in whole, by its example, and once": notOurs,
  'the real log of the Italian help desk reads whole: 4,580 tickets of 397 customers': notOurs,
};

/** Everything on the embedded store; what goes from end to end, and the model, on EventStoreDB once more. */
export default {
  projects: [
    { ...common, displayName: 'sqlite', testMatch: testsIn('.') },
    {
      ...common,
      displayName: 'eventstoredb',
      testMatch: [
        ...testsIn('e2e'),
        ...testsIn('model'),
        ...testsIn('webhooks').filter((file) => file.endsWith('/delivery.test.ts')),
      ],
      globals: { storeOfTests: 'eventstoredb' },
    },
  ],
  reporters: [
    'default',
    ['<rootDir>/test/support/skips-reporter.mjs', { reasons: mayBeSkipped }],
    '<rootDir>/test/support/security-reporter.mjs',
  ],
  // For what never comes: some tests start a dozen processes, on machines that may be slow and busy.
  testTimeout: 120_000,
  testSequencer: '<rootDir>/test/support/long-first.mjs',
  // One worker more than there are cores, since a third of all tests' time is waiting: for processes, disks and timers. A fresh
  // one when what test files left behind has filled it.
  maxWorkers: availableParallelism() + 1,
  workerIdleMemoryLimit: '1.5GB',
};
