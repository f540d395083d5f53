import { type EventStore, type NewEvent } from '../event-sourcing/event-store.js';
import { SharedAnswers } from './shared-answers.js';

/** What the events of a stream mean, as a decider has it. */
interface Meaning<State> {
  readonly initial: State;
  evolve(state: State, event: NewEvent): State;
}

interface Known<State> {
  readonly state: State;
  /** How many events of the stream are known; the next revision to read. */
  readonly next: number;
}

/** What streams of one kind say, by their keys. Each look reads only what its stream has beyond what is known. */
export class FollowedStreams<State> {
  private readonly known = new Map<string, Known<State>>();
  private readonly looks = new SharedAnswers<State>();

  constructor(
    private readonly store: EventStore,
    private readonly streamOf: (key: string) => string,
    private readonly meaning: Meaning<State>,
    /** How many streams are cached. */
    private readonly kept = Infinity,
  ) {}

  /** What a stream said at the last look. */
  cached(key: string): State | undefined {
    return this.known.get(key)?.state;
  }

  /** What a stream says by now; what this process wrote a moment ago may need a {@link refresh} to be seen. */
  follow(key: string): Promise<State> {
    return this.looks.ask(key, () => this.look(key));
  }

  /** The next question looks again. */
  refresh(): void {
    this.looks.forget();
  }

  private async look(key: string): Promise<State> {
    let { state, next } = this.known.get(key) ?? { state: this.meaning.initial, next: 0 };
    for await (const event of this.store.readStream(this.streamOf(key), { from: next })) {
      state = this.meaning.evolve(state, event);
      next = event.revision + 1;
    }
    if (next > 0) this.keep(key, { state, next });
    return state;
  }

  private keep(key: string, known: Known<State>): void {
    // Another look may have seen more meanwhile.
    if ((this.known.get(key)?.next ?? 0) <= known.next) this.known.set(key, known);
    const oldest = this.known.keys().next();
    if (this.known.size > this.kept && !oldest.done) this.known.delete(oldest.value);
  }
}
