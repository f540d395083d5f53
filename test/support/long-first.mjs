/**
 * Jest's sequencer, but that the files that take longest come first also where Jest has not yet seen how long they take, as in a
 * fresh clone: one that began last would keep one core waiting for the other.
 */
import Sequencer from '@jest/test-sequencer';

/** Those of half a minute and more, the longest first; some mostly wait. */
const longest = [
  'torture/torture',
  'project/readme',
  'feed/slow-client',
  'cli/serve-eventstoredb',
  'cli/pledge',
  'api/http/graphiql',
  'event-store/sqlite',
  'examples/agent-feed',
  'faults/full-disk',
].map((name) => `/test/${name}.test.ts`);

export default class LongFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isAt = (file) => (test) => test.path.endsWith(file);
    const first = longest.flatMap((file) => sorted.filter(isAt(file)));
    return [...first, ...sorted.filter((test) => !first.includes(test))];
  }
}
