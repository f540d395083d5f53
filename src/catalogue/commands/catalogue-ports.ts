import { type TimeSource } from '../../time/time-source.js';
import { type Decider } from '../../event-sourcing/decider.js';
import { type Actor, type EventStore, type NewEvent, type Position } from '../../event-sourcing/event-store.js';
import { handleCommand } from '../../event-sourcing/handle-command.js';
import { newId } from '../../event-sourcing/new-id.js';
import { type Catalogue } from '../catalogue.js';
import { type RecordedChange } from '../domain/version-history.js';
import { type ResolveHolidays } from '../holidays-apart.js';

export interface CataloguePorts {
  readonly store: EventStore;
  readonly catalogue: Catalogue;
  readonly time: TimeSource;
  readonly resolveHolidays: ResolveHolidays;
}

/** What was done, as decided. */
export interface Changed<History> {
  readonly history: History;
  readonly position: Position;
  /** How many events were recorded; none where it was already so. */
  readonly recorded: number;
}

/** A command as it is asked for: without what the handler adds to each of its kinds. */
export type CatalogueRequest<Command, Added extends PropertyKey = never> = Command extends unknown
  ? Omit<Command, keyof RecordedChange | Added>
  : never;

/** Decides a command that somebody gives now, on a stream of the catalogue. */
export async function record<History, Command extends RecordedChange, Event extends NewEvent>(
  { store, catalogue, time }: CataloguePorts,
  stream: string,
  decider: Decider<History, Command, Event>,
  command: (change: RecordedChange) => Command,
  actor: Actor,
): Promise<Changed<History>> {
  const now = time.now();
  const metadata = { actor, occurredAt: now, recordedAt: now, schemaVersion: 1 };
  const { state, position, recorded } = await handleCommand(store, stream, decider, command({ id: newId(), metadata }));
  catalogue.refresh();
  return { history: state, position, recorded };
}
