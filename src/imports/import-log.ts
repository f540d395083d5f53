import { DiskLines } from '../storage/disk-lines.js';
import { DiskSet } from '../storage/disk-set.js';
import { type Rejection } from '../event-sourcing/rejection.js';
import { given } from '../parsing/fields.js';
import { type CalledTicket } from '../tickets/ticket-named.js';
import { UnknownWord } from '../catalogue/domain/unknown-word.js';
import { type Words } from '../catalogue/domain/words.js';
import { groupBy } from '../event-sourcing/group-by.js';
import { oneAtATime } from '../event-sourcing/one-at-a-time.js';
import { type RequestOutcome } from '../tickets/commands/request-outcome.js';
import { eachTicket } from '../tickets/commands/each-ticket.js';
import { OpenedBefore, openingsFirst, opens } from '../tickets/commands/opening-rejected.js';
import { type TicketRequest } from '../tickets/commands/ticket-request.js';
import { heeding, Unopened } from '../tickets/commands/unopened.js';
import { inDesksSpelling } from '../tickets/domain/command-words.js';
import { type TicketCommand } from '../tickets/domain/facts.js';
import { factIdOf, inOurWords } from './fact-id.js';
import { type FactRecord, type ImportRecord, type ImportRow } from './import-record.js';
import { LogNames } from './log-names.js';
import { Noticed } from './noticed.js';
import { OpenedTickets } from './opened-tickets.js';
import { Repetitions } from './repetitions.js';
import { type Survey } from './survey.js';
import { UnknownWords } from './unknown-words.js';

/** A fact on its way in; its id derives from its content, so that a row twice is one fact. */
export type ImportedFact = Omit<FactRecord, 'kind' | 'ticket' | 'named'> &
  Required<Pick<TicketRequest, 'factId'>> &
  Pick<TicketRequest, 'reference'>;

/** Where an import goes. */
export interface ImportSink {
  /** The words of the desk by now; a log may bring some itself. */
  words(): Promise<Words>;
  define(record: Exclude<ImportRecord, FactRecord>): Promise<RequestOutcome>;
  /** The id of each ticket that is called by its reference, or why it cannot be told. */
  called(names: readonly CalledTicket[]): Promise<readonly (string | Rejection)[]>;
  /** Records facts of one ticket, in order; one outcome each. */
  record(ticket: string, facts: readonly ImportedFact[]): Promise<readonly RequestOutcome[]>;
}

/** A row that did not go in. */
export interface RejectedRow {
  /** Said where there are several. */
  readonly file?: string;
  readonly line: number;
  readonly code: string;
  readonly message: string;
  readonly raw: string;
}

/** How far an import has come. */
export interface Counts {
  rows: number;
  recorded: number;
  alreadySo: number;
  rejected: number;
  /** Events recorded, outcomes among them. */
  events: number;
  /** Words that the desk does not have, which rows were rejected for. */
  readonly unknownWords: UnknownWords;
  readonly noticed: Noticed;
}

export interface ImportOptions {
  /** The system the log is from: ids derive from it. */
  readonly source: string;
  readonly sink: ImportSink;
  readonly rejected: (row: RejectedRow) => void;
  readonly progressed: (counts: Counts) => void;
  readonly signal: AbortSignal;
  /** Which tickets the log opens, where it was read through before. */
  readonly survey?: Survey;
}

/** Facts decided together; their appends share commits. */
const chunkSize = 2_000;

/** Where a row stands, and what stands there. */
type Place = Pick<RejectedRow, 'file' | 'line' | 'raw'>;

/** A fact on its line. */
interface Item extends Place {
  readonly fact: FactRecord;
  /** As the sink takes it. */
  readonly command: TicketCommand;
  readonly factId: string;
}

/** A fact whose ticket the log calls by its reference. */
interface CalledItem extends Item {
  readonly reference: string;
}

/** Facts whose tickets are named, and those whose tickets are called by references. */
function apart(items: readonly Item[]): readonly [readonly Item[], readonly CalledItem[]] {
  const [others, called]: [Item[], CalledItem[]] = [[], []];
  for (const item of items) {
    const { named } = item.fact;
    if (named !== undefined && 'reference' in named) called.push({ ...item, ...named });
    else others.push(item);
  }
  return [others, called];
}

/** Takes a log in, row by row, in constant memory. A bad row is told of, and the rest goes in. */
export async function importLog(rows: AsyncIterable<ImportRow>, options: ImportOptions): Promise<Counts> {
  const importing = new Importing(options);
  try {
    return await importing.run(rows);
  } finally {
    importing.close();
  }
}

class Importing {
  private readonly counts: Counts = {
    ...{ rows: 0, recorded: 0, alreadySo: 0, rejected: 0, events: 0 },
    unknownWords: new UnknownWords(),
    noticed: new Noticed(),
  };
  private readonly repetitions = new Repetitions();
  private readonly opened = new OpenedTickets();
  private readonly names: LogNames;
  private readonly refused = new DiskSet();
  private readonly unopened: Unopened;
  /** Facts whose ticket is not opened yet: whose it is, its opening says, which may come at any distance. */
  private readonly early = new DiskLines<Item>();
  /** Those of one ticket after those of another, for there may be many of each. */
  private readonly inTurn = oneAtATime();
  private chunk: Item[] = [];
  private definitions: Promise<void>[] = [];

  constructor(private readonly options: ImportOptions) {
    this.names = new LogNames(options.source);
    this.unopened = options.survey?.unopened ?? new Unopened(this.refused);
  }

  close(): void {
    for (const kept of [this.opened, this.refused, this.early]) kept.close();
  }

  async run(rows: AsyncIterable<ImportRow>): Promise<Counts> {
    const { counts } = this;
    const { signal } = this.options;
    let place = '';
    for await (const row of rows) {
      if (signal.aborted) break;
      const here = `${row.line} ${row.file ?? ''}`;
      if (here !== place) counts.rows += 1;
      place = here;
      await this.take(row);
      if (this.chunk.length + this.definitions.length >= chunkSize) await this.flush();
    }
    await this.flush();
    await this.takeEarly();
    return counts;
  }

  private async take(row: ImportRow): Promise<void> {
    const { line, file } = row;
    const at = file === undefined ? { line } : { line, file };
    const { source, sink } = this.options;
    if ('rejected' in row) {
      this.reject({ ...at, ...row.rejected });
      if (row.unopened !== undefined) {
        const { ticket, by } = row.unopened;
        this.unopened.add(this.names.idOf(ticket), by);
      }
    } else if ('implied' in row) this.counts.noticed.addImplied();
    else if (!('record' in row)) return;
    else if (row.record.kind === 'fact') {
      const fact = { ...row.record, command: inDesksSpelling(row.record.command, await sink.words()) };
      const command = inOurWords(fact.command, fact.ticket, source);
      const factId = factIdOf(fact, source, this.repetitions);
      this.names.note(fact);
      this.chunk.push({ ...at, raw: row.raw, fact, command, factId });
    } else if (row.record.kind !== 'customer') await this.define(row, row.record);
    else this.definitions.push(this.define(row, row.record));
  }

  private async define(row: Place, record: Exclude<ImportRecord, FactRecord>): Promise<void> {
    this.took(row, await this.options.sink.define(record));
  }

  /** Has recorded what was read; but facts whose ticket is not opened yet wait for that. */
  private async flush(): Promise<void> {
    const { chunk, definitions } = this;
    [this.chunk, this.definitions] = [[], []];
    await Promise.all(definitions);
    const [named, called] = apart(chunk);
    await this.eachTicket(named, async (ticket, items) => {
      // Sorted by clocks that run apart, a log may open a ticket after what happened to it.
      const isOpened = this.isSettled(ticket) || items.some(({ command }) => opens(command));
      if (!isOpened) for (const item of items) this.early.add(ticket, item);
      else if (this.early.has(ticket)) await this.inTurn(() => this.recordWithEarly(ticket, items));
      else await this.record(ticket, items);
    });
    if (called.length > 0) await this.recordCalled(called);
    this.options.progressed(this.counts);
  }

  /** Has recorded what is called by references, when all that the log opened before is there to be called so. */
  private async recordCalled(items: readonly CalledItem[]): Promise<void> {
    const ids = await this.options.sink.called(
      items.map(({ reference, fact: { customer } }) => given({ reference, customer })),
    );
    const found: (readonly [string, CalledItem])[] = [];
    for (const [i, item] of items.entries()) {
      const id = ids[i];
      if (typeof id === 'string') found.push([id, item]);
      else if (id !== undefined) this.took(item, { kind: 'rejected', rejection: id });
    }
    const byTicket = groupBy(found, ([id]) => id);
    const tickets = new Map([...byTicket].map(([id, own]) => [id, own.map(([, item]) => item)]));
    await eachTicket<CalledItem>(
      tickets,
      ({ command }) => command,
      (ticket, own) => this.record(ticket, own),
    );
  }

  /** Whether nothing that the log may still say decides whose facts a ticket takes. */
  private isSettled(ticket: string): boolean {
    const { opened, unopened } = this;
    const isDecided = opened.has(ticket, 'opening') || opened.has(ticket, 'split') || unopened.refusesAllOf(ticket);
    return isDecided || this.options.survey?.opens(ticket) === false;
  }

  /** What waited for a ticket comes after its opening and before all else. After a stop it is read again. */
  private async recordWithEarly(ticket: string, items: readonly Item[]): Promise<void> {
    const others = items.filter(({ command }) => !opens(command));
    let first = items.filter(({ command }) => opens(command));
    for (let isLast = false; !isLast && !this.options.signal.aborted; first = []) {
      const waited = this.early.takeOf(ticket, chunkSize);
      isLast = waited.length < chunkSize;
      const part = [...first, ...waited, ...(isLast ? others : [])];
      if (part.length > 0) await this.record(ticket, part);
    }
  }

  /** Has recorded what waited in vain: it goes on with tickets that were there before. */
  private async takeEarly(): Promise<void> {
    while (!this.options.signal.aborted) {
      const waited = this.early.take(chunkSize);
      if (waited.length === 0) return;
      await this.eachTicket(waited, (ticket, items) => this.record(ticket, items));
      this.options.progressed(this.counts);
    }
  }

  private eachTicket(items: readonly Item[], work: (ticket: string, items: readonly Item[]) => Promise<void>) {
    return eachTicket(this.byTicket(items), ({ command }) => command, work);
  }

  private async record(ticket: string, items: readonly Item[]): Promise<void> {
    const { sink } = this.options;
    const hasOwnOpening = this.opened.has(ticket, 'opening') || items.some(({ command }) => opens(command));
    const outcomes = await heeding(this.unopened, { ticket, hasOwnOpening }, items, (tried) =>
      sink.record(ticket, tried.map(importedFact)),
    );
    for (const [i, item] of items.entries()) {
      const { fact, command } = item;
      const outcome = outcomes[i];
      if (!(opens(command) && this.opened.has(ticket, 'opening'))) this.notice(outcome);
      if (outcome !== undefined && leavesOpen(outcome)) {
        if (opens(command)) this.opened.add(ticket, 'opening');
        else if (command.type === 'SplitTicket') this.opened.add(command.into, 'split');
      }
      this.took(item, outcome, { fact, ticket });
    }
  }

  /** Facts by Pledge's id of their ticket, the opening first. */
  private byTicket(items: readonly Item[]): ReadonlyMap<string, readonly Item[]> {
    const tickets = groupBy(items, ({ fact }) => this.names.idOfFact(fact));
    return new Map([...tickets].map(([ticket, own]) => [ticket, openingsFirst(own)]));
  }

  private took(
    place: Place,
    outcome: RequestOutcome | undefined,
    of?: { readonly fact: FactRecord; readonly ticket: string },
  ): void {
    const { counts } = this;
    if (outcome === undefined || outcome.kind === 'alreadySo') counts.alreadySo += 1;
    else if (outcome.kind === 'rejected') {
      const { code, message } = outcome.rejection;
      if (outcome.rejection instanceof UnknownWord) counts.unknownWords.add(outcome.rejection);
      const { line, raw, file } = place;
      const told = of === undefined ? message : this.names.told(message, of.fact, of.ticket);
      this.reject({ ...(file === undefined ? {} : { file }), line, code, message: told, raw });
    } else {
      counts.recorded += 1;
      counts.events += outcome.events;
    }
  }

  /** Of what is so already, nobody need know that. */
  private notice(outcome: RequestOutcome | undefined): void {
    for (const notice of outcome?.notices ?? []) if (notice.code !== 'alreadySo') this.counts.noticed.add(notice);
  }

  private reject(row: RejectedRow): void {
    this.counts.rejected += 1;
    this.options.rejected(row);
  }
}

/** Whether the ticket that is there is the one that was to be opened. */
const leavesOpen = (outcome: RequestOutcome) =>
  outcome.kind !== 'rejected' || outcome.rejection instanceof OpenedBefore;

const importedFact = ({ factId, fact: { occurredAt, actor, customer, named }, command }: Item): ImportedFact => ({
  ...{ factId, occurredAt, actor, command },
  ...(customer === undefined ? {} : { customer }),
  ...(named !== undefined && 'reference' in named ? named : {}),
});
