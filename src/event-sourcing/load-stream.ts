import { type Decider } from './decider.js';
import { type EventStore, type ExpectedRevision, type NewEvent, type Position } from './event-store.js';

/** A stream as it was last seen. */
export interface Loaded<State> {
  readonly state: State;
  readonly revision: ExpectedRevision;
  readonly position: Position | undefined;
}

/** A stream of more events is long. */
const longFrom = 2_000;

/** Long streams are loaded a few at a time, so that they do not fill the memory together. */
export class LongLane {
  private readonly waiting: (() => void)[] = [];

  constructor(private free = 2) {}

  /** Resolves when there is room; call what it answers to make room for the next. */
  async enter(): Promise<() => void> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    return () => {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    };
  }
}

export interface Loading<State> {
  /** As it was seen before: it is read on from there. */
  readonly known?: Loaded<State> | undefined;
  readonly lane?: LongLane | undefined;
}

/** A stream as it is now. */
export async function loadStream<State, Event extends NewEvent>(
  store: EventStore,
  stream: string,
  decider: Pick<Decider<State, never, Event>, 'initial' | 'evolve'>,
  { known, lane }: Loading<State> = {},
): Promise<Loaded<State>> {
  let { state, revision, position } = known ?? { state: decider.initial, revision: 'noStream', position: undefined };
  const from = revision === 'noStream' ? 0 : revision + 1;
  let leave: (() => void) | undefined;
  try {
    for await (const event of store.readStream(stream, { from })) {
      if (event.revision === from + longFrom) leave = await lane?.enter();
      // The stream holds what this decider caused; an event it does not know leaves its state alone.
      state = decider.evolve(state, event as unknown as Event);
      ({ revision, position } = event);
    }
  } finally {
    leave?.();
  }
  return { state, revision, position };
}
