import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, it, jest } from '@jest/globals';
import fc from '../support/fc.js';
import { times } from '../support/lengths.js';
import { newFolder } from '../support/api.js';
import { ledgerAt } from '../support/application-contexts.js';
import { storeOfTests } from '../support/store-of-tests.js';
import { beginning } from './both-catalogues.js';
import { Both } from './both.js';
import { script, type Script } from './script.js';

const { PROVE_PATH } = process.env;
/** Random lives are about rules, which are the same on every store: on the second a part of them will do. */
const length = storeOfTests === 'sqlite' ? { short: 25, long: 200 } : { short: 5, long: 50 };
const runs = times(length, 'PROVE_RUNS');

/** Lives of some tickets, as a script has them, on a ledger of their own and in the model. */
async function live(said: Script): Promise<void> {
  const folder = newFolder();
  const context = await ledgerAt(new Date(beginning).toISOString(), folder);
  try {
    const both = await Both.start(context, said);
    for (const step of said.steps) await both.take(step);
    await both.watch();
    await both.compareSummaries();
  } finally {
    await context.close();
    rmSync(folder, { recursive: true });
  }
}

/** A failed script as lines to read: plans, openings, steps. */
function linesOf({ plans, openings, steps }: Script): string {
  return [...plans, ...openings, ...steps].map((line) => JSON.stringify(line)).join('\n');
}

describe('the ledger, and a naive model of the domain page', () => {
  // A split into a ticket that somebody else opened first is stuck, and that is told to people.
  beforeEach(() => void jest.spyOn(console, 'error').mockImplementation(() => undefined));
  afterEach(() => void jest.restoreAllMocks());

  it(
    'say the same after every step of random lives of tickets',
    async () => {
      const result = await fc.check(fc.asyncProperty(script(60), live), {
        numRuns: runs,
        ...(PROVE_PATH === undefined ? {} : { path: PROVE_PATH }),
      });
      if (!result.failed) return;
      const [said] = result.counterexample ?? [];
      const again = `npm run prove -- model --seed=${result.seed} --path=${result.counterexamplePath ?? ''}`;
      const lines = said === undefined ? '' : linesOf(said);
      throw new Error(`${String(result.errorInstance)}\nafter ${result.numRuns} lives; again: ${again}\n${lines}`);
    },
    600_000 + runs * 2_000,
  );
});
