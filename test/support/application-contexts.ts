import { readSettings, type Settings } from '../../src/config/settings.js';
import { pledgeNdjson } from '../../src/imports/formats/pledge-ndjson.js';
import { type Counts, importLog, type RejectedRow } from '../../src/imports/import-log.js';
import { type ImportFormat } from '../../src/imports/import-record.js';
import { type Import, startImport } from '../../src/imports/import-sink.js';
import { Survey } from '../../src/imports/survey.js';
import { sampleLog } from '../../src/imports/sample.js';
import { type PledgeContext, openPledgeContext } from '../../src/app/pledge-context.js';
import { projectionNames } from '../../src/app/projection-worker/projections.js';
import { changeTicket } from '../../src/tickets/commands/change-ticket.js';
import { type TicketRequest } from '../../src/tickets/commands/ticket-request.js';
import { ManualClock } from './manual-clock.js';
import { openingOf, storeUrlOf } from './store-of-tests.js';

export interface TestContext extends PledgeContext {
  readonly time: ManualClock;
}

/** The settings of a data folder, on a free port, with what a test sets by its variable. */
export const settingsOf = (data: string, environment: NodeJS.ProcessEnv = {}): Settings =>
  readSettings(environment, { data, port: 0 });

/** A data folder opened at an instant of the test's. */
export async function ledgerAt(now: string, folder: string): Promise<TestContext> {
  const time = new ManualClock(Date.parse(now));
  return { ...(await openIn(folder, 'test', time)), time };
}

/** Opens a data folder, its log in the store that these tests are on, or in the one that a test names. */
export async function openIn(
  folder: string,
  command: string,
  time: ManualClock,
  environment: NodeJS.ProcessEnv = {},
): Promise<PledgeContext> {
  const eventStoreUrl = environment['EVENT_STORE_URL'] ?? (await storeUrlOf(folder));
  const settings = readSettings(environment, { data: folder, port: 0, eventStoreUrl });
  return openPledgeContext(settings, command, { time, ...(await openingOf(folder)) });
}

/** Projects what is in the log now, and ends. */
export async function project({ projections, store }: PledgeContext): Promise<void> {
  const stop = new AbortController();
  const running = projections.run(stop.signal, ({ name, error }) => {
    throw new Error(`projection ${name}: ${error ?? '?'}`);
  });
  await projections.waitFor(projectionNames, await store.lastPosition(), stop.signal);
  stop.abort();
  await running;
}

/** The same, and closes it, however that ends. */
export async function projectAndClose(context: PledgeContext): Promise<void> {
  try {
    await project(context);
  } finally {
    await context.close();
  }
}

export interface Imported {
  readonly log: Import;
  readonly counts: Counts;
  readonly rejected: readonly RejectedRow[];
}

/** Begins to import a log, in Pledge's own format or another; whoever asked finishes it. A file is read through before, a pipe is not. */
export async function importLines(
  context: PledgeContext,
  lines: Iterable<string>,
  how: 'file' | 'pipe' = 'pipe',
  format: ImportFormat = pledgeNdjson,
): Promise<Imported> {
  const actor = { id: 'test', kind: 'system' } as const;
  const log = await startImport(context, { source: 'test', format: 'pledge', judgedFrom: undefined, actor });
  const rejected: RejectedRow[] = [];
  async function* bytes() {
    for (const line of lines) yield Buffer.from(`${line}\n`);
  }
  const survey = new Survey('test');
  if (how === 'file') for await (const row of format.read(bytes())) survey.take(row);
  const counts = await importLog(format.read(bytes()), {
    ...(how === 'file' ? { survey } : {}),
    ...{ source: 'test', sink: log, signal: new AbortController().signal },
    rejected: (row) => rejected.push(row),
    progressed: () => undefined,
  });
  survey.close();
  return { log, counts, rejected };
}

/** Begins to import an invented log of so many tickets that ends at an instant. */
export function importSample(
  context: PledgeContext,
  { tickets, until, days }: { readonly tickets: number; readonly until: string; readonly days: number },
): Promise<Imported> {
  return importLines(context, sampleLog({ seed: 3, tickets, until: Date.parse(until), days, timeZone: 'UTC' }));
}

/** Says something of a ticket as a person; when, where it is not now. */
export function say(context: PledgeContext, ticket: string, command: TicketRequest['command'], occurredAt?: string) {
  const actor = { id: 'mia', kind: 'person' } as const;
  const when = occurredAt === undefined ? {} : { occurredAt: Date.parse(occurredAt) };
  return changeTicket(context, ticket, [{ command, actor, mayBackdate: true, ...when }]);
}

/** Opens a ticket of a customer on a plan; when, where it is not now. */
export function open(
  context: PledgeContext,
  ticket: string,
  plan = 'pro',
  occurredAt?: string,
  more: { readonly priority?: string } = {},
) {
  const bug = { ticketType: 'productBug', channel: 'email', subject: 'It broke' } as const;
  return say(context, ticket, { type: 'OpenTicket', customer: 'acme', plan, ...bug, ...more }, occurredAt);
}
