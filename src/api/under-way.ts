/** The longest message that says "complete": its id has 200 letters, and each may be escaped. */
const longestComplete = 2_000;

/** What a client is done with, and the server not yet. */
interface Leaving {
  readonly gone: Promise<void>;
  readonly go: () => void;
}

/**
 * What is under way on a socket, by the ids that its client gave. `graphql-ws` ends a subscription when its client is done with it;
 * of a query or a change it only drops the answer. It forgets an id at the end of what had it, whoever has it by then: so a
 * message that uses an id again waits for that end.
 */
export class OperationsUnderWay {
  private readonly byId = new Map<string, AbortController>();
  private readonly leaving = new Map<string, Leaving>();

  /** @returns what aborts when nobody waits for its answer any more. */
  begin(id: string): AbortSignal {
    const own = new AbortController();
    this.byId.set(id, own);
    return own.signal;
  }

  /** It is done, and `graphql-ws` with it by the end of this turn of the event loop. */
  end(id: string): void {
    this.byId.delete(id);
    if (this.leaving.has(id)) setImmediate(() => this.leaving.get(id)?.go());
  }

  /** What a message has to wait for: the end of what had its id before. */
  before(message: string): Promise<void> | undefined {
    return this.leaving.size === 0 ? undefined : this.leaving.get(read(message).id)?.gone;
  }

  /** Ends what a message says that its client is done with. */
  heed(message: string): void {
    if (this.byId.size === 0 || message.length > longestComplete || !message.includes('"complete"')) return;
    const { type, id } = read(message);
    const own = type === 'complete' ? this.byId.get(id) : undefined;
    if (own === undefined) return;
    this.leaving.set(id, this.leavingOf(id));
    own.abort();
  }

  /** Ends all: the socket is closed. */
  leave(): void {
    for (const own of this.byId.values()) own.abort();
    this.byId.clear();
    for (const leaving of this.leaving.values()) leaving.go();
  }

  private leavingOf(id: string): Leaving {
    let resolve = () => {};
    const gone = new Promise<void>((gone) => (resolve = gone));
    const go = () => {
      this.leaving.delete(id);
      resolve();
    };
    return { gone, go };
  }
}

interface Message {
  readonly type: string;
  readonly id: string;
}

/** The type and id of a message, '' where it has none: graphql-ws closes the socket for it. */
function read(message: string): Message {
  try {
    const { type, id } = JSON.parse(message) as Partial<Record<keyof Message, unknown>>;
    return { type: typeof type === 'string' ? type : '', id: typeof id === 'string' ? id : '' };
  } catch {
    return { type: '', id: '' };
  }
}
