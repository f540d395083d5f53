import { type Decider } from './decider.js';
import {
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  RevisionConflict,
} from './event-store.js';
import { Recent } from './recent.js';
import { Rejection } from './rejection.js';

/** What became of one command: the events it caused (none: it was already so), or why it was refused. */
export type CommandResult<Event> = { readonly events: readonly Event[] } | { readonly rejection: Rejection };

export interface Handled<State, Event> {
  readonly state: State;
  /** Of the last event recorded; where nothing was, of the stream's last, or of the log's last for an empty stream. */
  readonly position: Position;
  /** How many events were recorded. */
  readonly recorded: number;
  readonly results: readonly CommandResult<Event>[];
}

/** A command, or why there is none: it is refused like one that is decided against. */
export type CommandOrRefusal<Command> = Command | Rejection;

/** The commands for a stream as it stands; asked anew on every try, since time goes on and versions with it. */
export type Commands<State, Command> = (
  state: State,
) => readonly CommandOrRefusal<Command>[] | Promise<readonly CommandOrRefusal<Command>[]>;

/** A stream as it was last seen. */
export interface Loaded<State> {
  readonly state: State;
  readonly revision: ExpectedRevision;
  readonly position: Position | undefined;
}

/**
 * Streams seen lately, so that they need not be read. What is decided on one of them is checked by its append, or by a
 * look where nothing is to be appended, so a stale entry costs time and nothing else.
 */
export class StreamCache<State> extends Recent<Loaded<State>> {}

/**
 * Whether another may have written first. One that decided the same at another time leaves events with the same ids that
 * say something else of when; whether it did, the stream shows.
 */
const mayBeOvertaken = (error: unknown): boolean =>
  error instanceof RevisionConflict || (error instanceof Rejection && error.code === 'EVENT_ID_REUSED');

/** How often a command is tried while others write to its stream. */
const maxTries = 20;

/**
 * Loads a stream, decides commands on it in order, and appends all they cause in one append, under the revision read;
 * where the stream has moved on meanwhile it starts over. A command refused causes nothing and stops no other.
 * @throws Rejection `TOO_MANY_CONFLICTS`
 */
export async function handleCommands<State, Command, Event extends NewEvent>(
  store: EventStore,
  stream: string,
  decider: Decider<State, Command, Event>,
  commands: Commands<State, Command>,
  cache?: StreamCache<State>,
): Promise<Handled<State, Event>> {
  // What was seen lately is taken at its word: an append checks it, and what would not append is looked at again.
  let loaded = cache?.get(stream) ?? (await loadStream(store, stream, decider));
  for (let attempt = 1; ; attempt++) {
    const decided = decideAll(decider, await commands(loaded.state), loaded.state);
    const isSure = decided.results.every((result) => 'events' in result && result.events.length > 0);
    if (attempt === 1 && cache?.get(stream) === loaded && !isSure) {
      const now = await loadStream(store, stream, decider, loaded);
      const isStale = now.revision !== loaded.revision;
      loaded = now;
      if (isStale) continue;
    }
    if (decided.events.length === 0) {
      const position = loaded.position ?? (await store.lastPosition());
      return handled(decided, position);
    }
    try {
      const { position, revision } = await store.append(stream, loaded.revision, decided.events);
      cache?.set(stream, { state: decided.state, revision, position });
      return handled(decided, position);
    } catch (error) {
      cache?.delete(stream);
      if (!mayBeOvertaken(error)) throw error;
      if (attempt === maxTries)
        throw new Rejection('TOO_MANY_CONFLICTS', `Too many others write to ${stream}; try again.`);
      await backOff(attempt);
      const now = await loadStream(store, stream, decider);
      if (now.revision === loaded.revision && !(error instanceof RevisionConflict)) throw error;
      loaded = now;
    }
  }
}

const handled = <State, Event>(
  { state, events, results }: ReturnType<typeof decideAll<State, unknown, Event>>,
  position: Position,
): Handled<State, Event> => ({ state, position, recorded: events.length, results });

/** As {@link handleCommands} for one command, whose refusal it throws. */
export async function handleCommand<State, Command, Event extends NewEvent>(
  store: EventStore,
  stream: string,
  decider: Decider<State, Command, Event>,
  command: Command,
): Promise<Handled<State, Event>> {
  const handled = await handleCommands(store, stream, decider, () => [command]);
  for (const result of handled.results) if ('rejection' in result) throw result.rejection;
  return handled;
}

/** A stream as it is now, read on from where it was known. */
export async function loadStream<State, Event extends NewEvent>(
  store: EventStore,
  stream: string,
  decider: Pick<Decider<State, never, Event>, 'initial' | 'evolve'>,
  known: Loaded<State> = { state: decider.initial, revision: 'noStream', position: undefined },
): Promise<Loaded<State>> {
  let { state, revision, position } = known;
  const from = revision === 'noStream' ? 0 : revision + 1;
  for await (const event of store.readStream(stream, { from })) {
    // The stream holds what this decider caused; an event it does not know leaves its state alone.
    state = decider.evolve(state, event as unknown as Event);
    ({ revision, position } = event);
  }
  return { state, revision, position };
}

function decideAll<State, Command, Event>(
  decider: Decider<State, Command, Event>,
  commands: readonly CommandOrRefusal<Command>[],
  before: State,
) {
  let state = before;
  const events: Event[] = [];
  const results = commands.map((command): CommandResult<Event> => {
    if (command instanceof Rejection) return { rejection: command };
    try {
      const caused = decider.decide(command, state);
      for (const event of caused) {
        state = decider.evolve(state, event);
        events.push(event);
      }
      return { events: caused };
    } catch (error) {
      if (error instanceof Rejection) return { rejection: error };
      throw error;
    }
  });
  return { state, events, results };
}

/** Waits a little, longer with every try, at random: writers that met once should not meet again. */
const backOff = (attempt: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, Math.random() * Math.min(2 ** attempt, 50)));
