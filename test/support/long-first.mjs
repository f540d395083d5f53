/**
 * Jest's sequencer, but that the files that take longest come first also where Jest has not yet seen how long they take, as in a
 * fresh clone: one that began last would keep one core waiting for the other.
 */
import Sequencer from '@jest/test-sequencer';

/** Those of ten seconds and more, the longest first. */
const longest = ['torture/torture', 'project/readme'].map((name) => `/test/${name}.test.ts`);

export default class LongFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isAt = (file) => (test) => test.path.endsWith(file);
    const first = longest.flatMap((file) => sorted.filter(isAt(file)));
    return [...first, ...sorted.filter((test) => !first.includes(test))];
  }
}
