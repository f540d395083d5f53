/**
 * A reporter of Jest: with `CI` set, a test that is skipped fails the run, unless jest.config.js lists it with a reason.
 * What a machine lacks must not go unnoticed there.
 */
export default class SkipsReporter {
  /** @param options.reasons Why a test may be skipped, by the test's full name. */
  constructor(_globalConfig, { reasons = {} } = {}) {
    this.reasons = reasons;
  }

  onRunComplete(_contexts, { testResults }) {
    if (!process.env.CI) return;
    const skipped = testResults
      .flatMap(({ testResults: tests }) => tests)
      .filter(({ status, fullName }) => status !== 'passed' && status !== 'failed' && !(fullName in this.reasons))
      .map(({ fullName }) => `  ${fullName}`);
    if (skipped.length === 0) return;
    this.error = new Error(`These tests were skipped without a reason:\n${skipped.join('\n')}`);
    process.stderr.write(`\n${this.error.message}\n`); // Jest fails the run, and does not say why
  }

  getLastError() {
    return this.error;
  }
}
