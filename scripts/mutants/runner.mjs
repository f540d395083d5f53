/**
 * Jest's runner, in one process: first all tests with no mutant, to see which mutants each file comes by; then each mutant with
 * the files that come by it, those of its own folder first and the quickest of them, until one of them fails. What becomes of
 * each is a line of the file `told`.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import TestRunner from 'jest-runner';
import { registry } from './registry.mjs';

export default class MutantsRunner extends TestRunner {
  async runTests(tests, watcher) {
    const { folder, mutants, told } = JSON.parse(readFileSync(process.env.MUTANTS, 'utf8'));
    const tell = (line) => {
      appendFileSync(told, `${JSON.stringify(line)}\n`);
    };
    const files = [];
    for (const test of tests) {
      registry.met = new Set();
      const began = performance.now();
      const failure = await this.failure(test, watcher);
      if (failure !== undefined) throw new Error(`${test.path} fails without a mutant: ${failure}`);
      files.push({ test, met: registry.met, ms: performance.now() - began });
    }
    registry.met = undefined;
    const isNear = ({ test }) => test.path.includes(`/test/${folder}/`);
    files.sort((a, b) => Number(isNear(b)) - Number(isNear(a)) || a.ms - b.ms);
    for (const id of mutants) {
      const own = files.filter(({ met }) => met.has(id));
      tell({ id, state: 'begun' });
      let by;
      for (const { test } of own) {
        Object.assign(registry, { tried: id, asked: 0 });
        if ((await this.failure(test, watcher)) === undefined) continue;
        by = test.path;
        break;
      }
      registry.tried = undefined;
      tell({ id, state: own.length === 0 ? 'unmet' : by === undefined ? 'survived' : 'killed' });
    }
  }

  /** What a file of tests fails with; undefined where it passes. */
  async failure(test, watcher) {
    let failure;
    const off = [
      this.on('test-file-failure', ([, error]) => (failure = String(error.stack ?? error.message))),
      this.on('test-file-success', ([, { failureMessage, testExecError }]) => {
        failure = failureMessage ?? testExecError?.message;
      }),
    ];
    await super.runTests([test], watcher, { serial: true });
    for (const stop of off) stop();
    return failure ?? undefined;
  }
}
