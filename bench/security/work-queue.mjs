/** What it costs to read a page of the work queue in a thread, against the same page in the main thread, by turns. */
import { readSettings } from '../../dist/config/settings.js';
import { openPledgeContext } from '../../dist/app/pledge-context.js';
import { workQueue } from '../../dist/tickets/queries/tickets.js';
import { median } from '../support/measure.mjs';

const pages = 400;
/** A server that serves is warm: its code is compiled after some hundreds of pages, in each thread by itself. */
const warming = 1_000;

export async function workQueuePages(data) {
  const context = await openPledgeContext(readSettings({}, { data }), 'bench', { threaded: true });
  try {
    const reader = { scope: 'everyone', who: 'bench', signal: new AbortController().signal };
    const readers = context.readers;
    const ways = { here: readers.here(reader.scope), inThread: readers.of(reader) };
    const took = { here: [], inThread: [] };
    for (let page = -warming; page < pages; page++) {
      for (const [way, db] of Object.entries(ways)) {
        const began = performance.now();
        const { edges } = await workQueue(db, {}, { first: 50 });
        if (edges.length !== 50) throw new Error(`a page of ${edges.length}`);
        if (page >= 0) took[way].push(performance.now() - began);
      }
    }
    const more = median(took.inThread.map((ms, page) => ms - took.here[page]));
    return [
      { name: 'a page of the work queue in the main thread', value: median(took.here), unit: 'ms' },
      { name: 'a page of the work queue in a read thread', value: median(took.inThread), unit: 'ms' },
      { name: 'a read thread costs a page more', value: more, unit: 'ms', most: 0.5 },
    ];
  } finally {
    await context.close();
  }
}
