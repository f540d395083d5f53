import { type Instant } from '../business-time/calendar.js';
import { type Actor } from '../event-sourcing/event-store.js';
import { type Rejection } from '../event-sourcing/rejection.js';
import { type TicketOrder } from '../tickets/domain/commands.js';
import { deriveId } from '../tickets/domain/derive-id.js';
import { type ImportRecord, type ImportRow } from './import-record.js';

type FactRecord = Extract<ImportRecord, { kind: 'fact' }>;

/** A fact on its way in; its id derives from its content, so that a row twice is one fact. */
export interface ImportedFact {
  readonly factId: string;
  readonly occurredAt: Instant;
  readonly actor: Actor;
  readonly order: TicketOrder;
}

export type FactOutcome =
  | { readonly kind: 'recorded'; readonly events: number }
  | { readonly kind: 'alreadySo' }
  | { readonly kind: 'rejected'; readonly rejection: Rejection };

/** Where an import goes. */
export interface ImportSink {
  define(record: Exclude<ImportRecord, FactRecord>): Promise<FactOutcome>;
  /** Records facts of one ticket, in order; one outcome each. */
  record(ticket: string, facts: readonly ImportedFact[]): Promise<readonly FactOutcome[]>;
}

/** A row that did not go in. */
export interface RejectedRow {
  readonly line: number;
  readonly code: string;
  readonly message: string;
  readonly raw?: string;
}

/** How far an import has come. */
export interface Counts {
  rows: number;
  recorded: number;
  alreadySo: number;
  rejected: number;
  /** Events recorded, outcomes among them. */
  events: number;
}

export interface ImportOptions {
  /** The system the log is from: ids derive from it. */
  readonly source: string;
  readonly sink: ImportSink;
  readonly rejected: (row: RejectedRow) => void;
  readonly progressed: (counts: Counts) => void;
  readonly signal: AbortSignal;
}

/** Facts decided together; their appends share commits. */
const chunkSize = 2_000;

/** Takes a log in, row by row, in constant memory. A bad row is told of, and the rest goes in. */
export async function importLog(rows: AsyncIterable<ImportRow>, options: ImportOptions): Promise<Counts> {
  const { sink, rejected, progressed, signal } = options;
  const counts: Counts = { rows: 0, recorded: 0, alreadySo: 0, rejected: 0, events: 0 };
  const reject = (row: RejectedRow) => {
    counts.rejected += 1;
    rejected(row);
  };
  const took = (line: number, outcome: FactOutcome | undefined) => {
    if (outcome === undefined || outcome.kind === 'alreadySo') counts.alreadySo += 1;
    else if (outcome.kind === 'rejected')
      reject({ line, code: outcome.rejection.code, message: outcome.rejection.message });
    else {
      counts.recorded += 1;
      counts.events += outcome.events;
    }
  };

  let chunk: Item[] = [];
  let definitions: Promise<void>[] = [];
  let early: Item[] = [];
  const flush = async (isWaiting: (item: Item) => boolean) => {
    await Promise.all(definitions);
    const tickets = byTicket([...early, ...chunk]);
    [chunk, definitions, early] = [[], [], []];
    const record = async (ticket: string, items: readonly Item[]) => {
      const outcomes = await recordTicket(ticket, items, options);
      for (const [i, item] of items.entries()) {
        if (isUnopened(outcomes[i]) && isWaiting(item)) early.push(item);
        else took(item.line, outcomes[i]);
      }
    };
    await Promise.all([...tickets].map(([ticket, items]) => record(ticket, items)));
    progressed(counts);
  };
  let line = 0;
  for await (const row of rows) {
    if (signal.aborted) break;
    if (row.line !== line) counts.rows += 1;
    line = row.line;
    if ('rejected' in row) reject({ line, ...row.rejected });
    else if (!('record' in row)) continue;
    else if (row.record.kind === 'fact') chunk.push({ line, fact: row.record });
    else if (row.record.kind === 'calendar') took(line, await sink.define(row.record));
    else {
      const at = line;
      definitions.push(
        sink.define(row.record).then((outcome) => {
          took(at, outcome);
        }),
      );
    }
    if (chunk.length + definitions.length < chunkSize) continue;
    // Sorted by clocks that run apart, a log may open a ticket after what happened to it: what is early waits a chunk.
    const seen = new Set(early);
    await flush((item) => !seen.has(item));
  }
  // A log that was stopped may yet open them when it goes on.
  await flush(() => signal.aborted);
  return counts;
}

/** A fact on its line. */
interface Item {
  readonly line: number;
  readonly fact: FactRecord;
}

const isUnopened = (outcome: FactOutcome | undefined) =>
  outcome?.kind === 'rejected' && outcome.rejection.code === 'TICKET_NOT_FOUND';

/** Facts by their ticket, the opening first. */
function byTicket(items: readonly Item[]): ReadonlyMap<string, readonly Item[]> {
  const tickets = new Map<string, Item[]>();
  for (const item of items) {
    const own = tickets.get(item.fact.ticket);
    if (own === undefined) tickets.set(item.fact.ticket, [item]);
    else own.push(item);
  }
  for (const own of tickets.values()) own.sort((a, b) => Number(opens(b)) - Number(opens(a)));
  return tickets;
}

const opens = ({ fact }: Item) => fact.order.type === 'OpenTicket';

function recordTicket(
  ticket: string,
  items: readonly Item[],
  { source, sink }: ImportOptions,
): Promise<readonly FactOutcome[]> {
  const facts = items.map(({ fact: { occurredAt, actor, order } }) => ({
    factId: deriveId('fact', source, ticket, String(occurredAt), actor.id, actor.kind, JSON.stringify(order)),
    occurredAt,
    actor,
    order: inOurWords(order, ticket, source),
  }));
  return sink.record(deriveId('ticket', source, ticket), facts);
}

/** People see the id that the source gave, unless it says otherwise; what it says of another ticket means ours. */
function inOurWords(order: TicketOrder, ticket: string, source: string): TicketOrder {
  switch (order.type) {
    case 'OpenTicket':
      return { reference: ticket, ...order };
    case 'MergeTicket':
      return { ...order, into: deriveId('ticket', source, order.into) };
    case 'SplitTicket':
      return { reference: order.into, ...order, into: deriveId('ticket', source, order.into) };
    default:
      return order;
  }
}
