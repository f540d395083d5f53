import jest from './jest.config.js';

/** The tests of the pure folders, with what they miss of them: `npm run coverage`. Below a floor it fails. */
const floor = { lines: 95, branches: 90 };

export default {
  ...jest,
  projects: [
    {
      ...jest.projects[0],
      // V8 counts a module where it is loaded, so each file loads its own.
      ...{ testEnvironment: 'node', runtime: undefined },
      testMatch: ['business-time', 'clocks', 'tickets/domain', 'catalogue/domain'].map(
        (folder) => `**/test/${folder}/**/*.test.ts`,
      ),
    },
  ],
  collectCoverage: true,
  collectCoverageFrom: ['src/{business-time,clocks}/**/*.ts', 'src/{tickets,catalogue}/domain/**/*.ts'],
  coverageProvider: 'v8',
  coverageReporters: ['text', 'json-summary'],
  coverageThreshold: {
    './src/business-time/': floor,
    './src/clocks/': floor,
    './src/tickets/domain/': floor,
    './src/catalogue/domain/': floor,
  },
};
