import { type Instant } from '../business-time/calendar.js';
import { type Decider } from '../event-sourcing/decider.js';
import { type Actor, type Position } from '../event-sourcing/event-store.js';
import { type ProjectionStatus } from '../event-sourcing/progress.js';
import { handleCommand } from '../event-sourcing/handle-command.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { StorageFault } from '../event-sourcing/storage-fault.js';
import { type CataloguePorts } from '../catalogue/commands/catalogue-ports.js';
import { changeWord } from '../catalogue/commands/change-word.js';
import { defineCalendar, enrolCustomer } from '../catalogue/commands/define.js';
import { type TicketPorts } from '../tickets/commands/change-ticket.js';
import { type RequestOutcome } from '../tickets/commands/request-outcome.js';
import { enterCommand } from '../tickets/commands/command-entry.js';
import { refusedAll } from '../tickets/commands/opening-rejected.js';
import { type Readers } from '../read-models/scoped.js';
import { idsCalled } from '../tickets/ticket-named.js';
import { deriveId } from '../event-sourcing/derive-id.js';
import { type ImportFinished, type ImportStarted, importStream } from '../tickets/domain/import-events.js';
import { type Counts, type ImportedFact, type ImportSink } from './import-log.js';

/** An import under way: where its facts go, and how to say that it is done. */
export interface Import extends ImportSink {
  readonly id: string;
  readonly startedAt: Instant;
  /** Whether it goes on after a stop. */
  readonly isResumed: boolean;
  finish(counts: Counts): Promise<void>;
}

export interface ImportStart {
  readonly source: string;
  readonly format: string;
  readonly judgedFrom: Instant | undefined;
  readonly actor: Actor;
}

type ImportEvent = ImportStarted | ImportFinished;

/** When the import that is under way began; undefined where none is. */
type UnderWay = Instant | undefined;

const lifeOfImport: Decider<UnderWay, ImportEvent, ImportEvent> = {
  initial: undefined,
  evolve: (before, event) => (event.type === 'ImportStarted' ? (before ?? event.metadata.recordedAt) : undefined),
  decide: (event) => [event],
};

/** Has the read models follow the log. */
export interface Projecting {
  run(signal: AbortSignal, failed: (status: ProjectionStatus) => void): Promise<void>;
  waitFor(names: readonly string[], position: Position, signal: AbortSignal): Promise<boolean>;
}

/** What an import goes in with. */
export interface ImportPorts extends TicketPorts, CataloguePorts {
  readonly readers: Pick<Readers, 'here'>;
  readonly projections: Projecting;
}

/** Begins an import, or goes on with one of the same source and format that was stopped. */
export async function startImport(ports: ImportPorts, start: ImportStart): Promise<Import> {
  const { store, time } = ports;
  const { source, format, judgedFrom, actor } = start;
  const id = deriveId('import', source, format);
  const stream = importStream(id);
  const now = time.now();
  const metadata = { actor, source, occurredAt: now, recordedAt: now, schemaVersion: 1 };
  const eventId = (kind: string, at: Instant) => deriveId('import', id, kind, String(at));

  const data = { import: id, source, format, judgedFrom: judgedFrom ?? null };
  const started: ImportStarted = { id: eventId('started', now), type: 'ImportStarted', data, metadata };
  const { state: startedAt = now } = await handleCommand(store, stream, lifeOfImport, started);
  const imported = { id, startedAt, ...(judgedFrom === undefined ? {} : { judgedFrom }) };

  return {
    ...{ id, startedAt, isResumed: startedAt !== now },
    words: () => ports.catalogue.words(),
    define: (record) => outcomeOf(defined(ports, record, actor)),
    called: async (names) => {
      await catchUp(ports);
      return idsCalled(ports.readers.here('everyone'), names);
    },
    record: (ticket, facts) => record(ports, ticket, facts, { source, mayBackdate: true, import: imported }),
    finish: async ({ rows, recorded, rejected }) => {
      const at = time.now();
      const finished: ImportFinished = {
        ...{ id: eventId('finished', at), type: 'ImportFinished', data: { import: id, rows, recorded, rejected } },
        metadata: { ...metadata, occurredAt: at, recordedAt: at },
      };
      await handleCommand(store, stream, lifeOfImport, finished);
    },
  };
}

/** Has tickets projected as far as they are recorded. @throws Rejection `PROJECTION_FAILED` */
async function catchUp({ projections, store }: ImportPorts): Promise<void> {
  const stop = new AbortController();
  const running = projections.run(stop.signal, () => undefined);
  try {
    await projections.waitFor(['tickets'], await store.lastPosition(), stop.signal);
  } finally {
    stop.abort();
    await running;
  }
}

type Definition = Parameters<ImportSink['define']>[0];

function defined(ports: CataloguePorts, record: Definition, actor: Actor): Promise<{ readonly recorded: number }> {
  switch (record.kind) {
    case 'calendar': {
      const { code, name, definition } = record;
      return defineCalendar(ports, { code, name, definition }, actor);
    }
    case 'word': {
      const { kind: _, ...word } = record;
      return changeWord(ports, { type: 'DefineWord', ...word }, actor);
    }
    case 'customer':
      return enrolCustomer(ports, enrolmentOf(record), actor);
  }
}

const enrolmentOf = ({ customer, name, plan, calendar, effectiveFrom }: Extract<Definition, { kind: 'customer' }>) => ({
  ...{ customer, name, plan, calendar, effectiveFrom },
});

/** A disk or a store that fails is no fault of the row that met it: the import ends, and is run again. */
const isOfTheRow = (error: unknown): error is Rejection =>
  error instanceof Rejection && !(error instanceof StorageFault);

async function outcomeOf(work: Promise<{ readonly recorded: number }>): Promise<RequestOutcome> {
  try {
    const { recorded: events } = await work;
    return events === 0 ? { kind: 'alreadySo' } : { kind: 'recorded', events };
  } catch (rejection) {
    if (!isOfTheRow(rejection)) throw rejection;
    return { kind: 'rejected', rejection };
  }
}

async function record(
  ports: TicketPorts,
  ticket: string,
  facts: readonly ImportedFact[],
  shared: {
    readonly source: string;
    readonly mayBackdate: true;
    readonly import: { readonly id: string; readonly startedAt: Instant };
  },
): Promise<readonly RequestOutcome[]> {
  const requests = facts.map((fact) => ({ ...fact, ...shared }));
  try {
    return (await enterCommand(ports, { scope: 'everyone', ticketId: ticket, requests })).outcomes;
  } catch (rejection) {
    if (!isOfTheRow(rejection)) throw rejection;
    return refusedAll(requests, ticket, rejection);
  }
}
