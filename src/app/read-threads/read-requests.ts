import { type HistoryQuestion, type HistoryRow, historyPart } from '../../audit/history.js';
import { type ReplayQuestion, type Replayed, replayTicket } from '../../audit/replay.js';
import { type Limit, Stopped } from '../../read-models/stoppable-connection.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { type Catalogue } from '../../catalogue/catalogue.js';
import { type ReadFiles, type ReadRows, type Select } from './read-files.js';

/** What is to be read, and what is answered. */
export interface ReadRequests {
  readonly select: { readonly request: Select; readonly answer: ReadRows };
  readonly history: { readonly request: HistoryQuestion; readonly answer: readonly HistoryRow[] };
  readonly replay: { readonly request: ReplayQuestion; readonly answer: Replayed | undefined };
}

export type ReadKind = keyof ReadRequests;

/** One request; all of it crosses between threads. */
export type ReadRequest = {
  [K in ReadKind]: { readonly kind: K; readonly request: ReadRequests[K]['request'] };
}[ReadKind];

/** What requests are answered with. */
export interface ReadPorts {
  readonly files: ReadFiles;
  /** The log and the versions in it; asked for by whoever folds. */
  readonly log: () => Promise<{ readonly store: EventStore; readonly catalogue: Catalogue }>;
}

/** Answers a request within a limit. @throws Stopped */
export async function answerRequest(
  ports: ReadPorts,
  { kind, request }: ReadRequest,
  limit: Limit,
): Promise<ReadRequests[ReadKind]['answer']> {
  if (kind === 'select') return ports.files.select(request, limit);
  const goOn = () => {
    if (!limit.goesOn()) throw new Stopped('stopped');
  };
  const log = await ports.log();
  return kind === 'history' ? historyPart(log.store, request, goOn) : replayTicket(log, request, goOn);
}
