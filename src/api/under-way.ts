/** One query or change that a socket asked for. */
export interface UnderWay {
  /** Aborts when nobody waits for its answer any more. */
  readonly signal: AbortSignal;
  /** It is done. */
  end(): void;
}

/** The longest message that says "complete": its id has 200 letters, and each may be escaped. */
const longestComplete = 2_000;

/**
 * What is under way on a socket, by the ids that its client gave. `graphql-ws` ends a subscription when its client is done with it;
 * of a query or a change it only drops the answer.
 */
export class OperationsUnderWay {
  private readonly byId = new Map<string, AbortController>();

  begin(id: string): UnderWay {
    const own = new AbortController();
    this.byId.set(id, own);
    const end = () => {
      if (this.byId.get(id) === own) this.byId.delete(id);
    };
    return { signal: own.signal, end };
  }

  /** Ends what a message says that its client is done with. */
  heed(message: string): void {
    if (this.byId.size === 0 || message.length > longestComplete || !message.includes('"complete"')) return;
    const id = completedBy(message);
    if (id === undefined) return;
    this.byId.get(id)?.abort();
    this.byId.delete(id);
  }

  /** Ends all: the socket is closed. */
  leave(): void {
    for (const own of this.byId.values()) own.abort();
    this.byId.clear();
  }
}

function completedBy(message: string): string | undefined {
  try {
    const { type, id } = JSON.parse(message) as { readonly type?: unknown; readonly id?: unknown };
    return type === 'complete' && typeof id === 'string' ? id : undefined;
  } catch {
    return undefined; // no JSON: graphql-ws closes the socket for it
  }
}
