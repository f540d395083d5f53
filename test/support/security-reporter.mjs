import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { patternOf, testsIn } from '../../scripts/security-page.mjs';

/**
 * A reporter of Jest: each test that the page on security names must have run and passed, where its file was run as a whole.
 * A title that no test has fails the run; in CI so does one whose test is skipped.
 */
export default class SecurityReporter {
  /** @param options.page The page that names tests. */
  constructor({ rootDir, testNamePattern }, { page = 'SECURITY.md' } = {}) {
    this.rootDir = rootDir;
    this.isPart = (testNamePattern ?? '') !== '';
    this.page = page;
  }

  onRunComplete(_contexts, { testResults }) {
    if (this.isPart) return;
    const missing = testsIn(readFileSync(this.page, 'utf8')).filter(({ file, title }) => {
      const runs = testResults.filter(({ testFilePath }) => relative(this.rootDir, testFilePath) === file);
      const named = runs.flatMap(({ testResults: tests }) => tests).filter((test) => patternOf(title).test(test.title));
      return runs.length > 0 && (named.length === 0 || named.some(({ status }) => !isGood(status)));
    });
    if (missing.length === 0) return;
    const names = missing.map(({ file, title }) => `  ${file}: ${title}`).join('\n');
    this.error = new Error(`${this.page} names these tests, which did not run and pass:\n${names}`);
    process.stderr.write(`\n${this.error.message}\n`); // Jest fails the run, and does not say why
  }

  getLastError() {
    return this.error;
  }
}

/** Not every machine can run every test; CI can. */
const isGood = (status) => status === 'passed' || (!process.env.CI && status === 'pending');
