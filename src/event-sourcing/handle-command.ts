import { type Decider } from './decider.js';
import { type EventStore, type NewEvent, type Position, RevisionConflict } from './event-store.js';
import { loadStream, type Loaded, type LongLane } from './load-stream.js';
import { Rejection } from './rejection.js';
import { type StreamCache } from './stream-cache.js';
import { TimeSlice } from './yield-to-event-loop.js';

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

/** All commands for a stream as it stands, `done` of them done; asked anew on every try, since time goes on and versions with it. */
export type Commands<State, Command> = (
  state: State,
  done: number,
) => readonly CommandOrRefusal<Command>[] | Promise<readonly CommandOrRefusal<Command>[]>;

/**
 * Whether another may have written first. One that decided the same at another time leaves events with the same ids that
 * say something else of when; whether it did, the stream shows.
 */
const mayBeOvertaken = (error: unknown): boolean =>
  error instanceof RevisionConflict || (error instanceof Rejection && error.code === 'EVENT_ID_REUSED');

/** How often a command is tried while others write to its stream. */
const maxTries = 20;

/** After so many events an append is made, and what is left goes into the next. */
const appendedAtOnce = 500;

export interface Handling<State> {
  readonly cache?: StreamCache<State> | undefined;
  /** Where long streams are loaded; by default that of the cache. */
  readonly lane?: LongLane | undefined;
  /** Aborted when nobody waits for the answer any more: then nothing more is decided, nor is what was decided appended. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Loads a stream, decides commands on it in order, and appends all they cause, under the revision read; where the stream has
 * moved on meanwhile it starts over. Very many events go in several appends, each with all that some commands caused. A
 * command refused causes nothing and stops no other. Others have the event loop in between.
 * @throws Rejection `TOO_MANY_CONFLICTS`, `REQUEST_ABANDONED`
 */
export async function handleCommands<State, Command, Event extends NewEvent>(
  store: EventStore,
  stream: string,
  decider: Decider<State, Command, Event>,
  commands: Commands<State, Command>,
  { cache, lane = cache?.lane, signal }: Handling<State> = {},
): Promise<Handled<State, Event>> {
  const load = (known?: Loaded<State>) => loadStream(store, stream, decider, { known, lane });
  let { loaded, isFresh } = (await cache?.look(stream, load)) ?? { loaded: await load(), isFresh: true };
  const results: CommandResult<Event>[] = [];
  let recorded = 0;
  let given: readonly CommandOrRefusal<Command>[] | undefined;
  for (let attempt = 1; ; attempt++) {
    expectWanted(signal);
    given ??= await commands(loaded.state, results.length);
    const decided = await decideSome(decider, given.slice(results.length), loaded.state, signal);
    const isSure = isFresh || decided.results.every((result) => 'events' in result && result.events.length > 0);
    if (!isSure) {
      // What was seen recently is taken at its word where an append checks it; what would not append is looked at again.
      isFresh = true;
      const now = await load(loaded);
      const isStale = now.revision !== loaded.revision;
      loaded = now;
      if (isStale) {
        given = undefined;
        continue;
      }
    }
    expectWanted(signal);
    try {
      if (decided.events.length > 0) {
        const { position, revision } = await store.append(stream, loaded.revision, decided.events);
        loaded = { state: decided.state, revision, position };
        cache?.set(stream, loaded);
        isFresh = true;
      }
    } catch (error) {
      cache?.delete(stream);
      if (!mayBeOvertaken(error)) throw error;
      if (attempt >= maxTries)
        throw new Rejection('TOO_MANY_CONFLICTS', `Too many concurrent changes of ${stream}; try again.`);
      await backOff(attempt);
      const now = await load(loaded);
      if (now.revision === loaded.revision && !(error instanceof RevisionConflict)) throw error;
      loaded = now;
      isFresh = true;
      given = undefined;
      continue;
    }
    results.push(...decided.results);
    recorded += decided.events.length;
    if (results.length < given.length) {
      attempt = 0;
      continue;
    }
    return { state: loaded.state, position: loaded.position ?? (await store.lastPosition()), recorded, results };
  }
}

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

/** Decides commands until they have caused as many events as are appended at once. */
async function decideSome<State, Command, Event>(
  decider: Decider<State, Command, Event>,
  commands: readonly CommandOrRefusal<Command>[],
  before: State,
  signal: AbortSignal | undefined,
) {
  let state = before;
  const events: Event[] = [];
  const results: CommandResult<Event>[] = [];
  const turns = new TimeSlice();
  for (const command of commands) {
    if (events.length >= appendedAtOnce) break;
    while (turns.isOver) {
      await turns.yield();
      expectWanted(signal);
    }
    const result = decideOne(decider, command, state);
    results.push(result);
    if ('rejection' in result) continue;
    for (const event of result.events) {
      state = decider.evolve(state, event);
      events.push(event);
    }
  }
  return { state, events, results };
}

function decideOne<State, Command, Event>(
  decider: Decider<State, Command, Event>,
  command: CommandOrRefusal<Command>,
  state: State,
): CommandResult<Event> {
  if (command instanceof Rejection) return { rejection: command };
  try {
    return { events: decider.decide(command, state) };
  } catch (error) {
    if (error instanceof Rejection) return { rejection: error };
    throw error;
  }
}

/** @throws Rejection `REQUEST_ABANDONED` */
export function expectWanted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new Rejection('REQUEST_ABANDONED', 'The client has disconnected; the remaining changes were not made.');
}

/** Waits a little, longer with every try, at random: writers that met once should not meet again. */
const backOff = (attempt: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, Math.random() * Math.min(2 ** attempt, 50)));
