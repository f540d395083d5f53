/** Jest runs the TypeScript sources as ES modules; swc only strips the types and writes decorator metadata. */
const common = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  extensionsToTreatAsEsm: ['.ts'],
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

/** Everything on the embedded store; what goes from end to end, and the model, on EventStoreDB once more. */
export default {
  projects: [
    { ...common, displayName: 'sqlite', testMatch: ['**/*.test.ts'] },
    {
      ...common,
      displayName: 'eventstoredb',
      testMatch: ['e2e/**/*', 'model/**/*', 'webhooks/delivery'].map((name) => `**/test/${name}.test.ts`),
      globals: { storeOfTests: 'eventstoredb' },
    },
  ],
  // For what never comes: some tests start a dozen processes, on machines that may be slow and busy.
  testTimeout: 120_000,
  // A worker for each core, and a fresh one when modules loaded anew for every file have filled it.
  maxWorkers: '100%',
  workerIdleMemoryLimit: '1.5GB',
};
