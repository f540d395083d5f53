/** What a call is for, as the server sees it. */
export type Purpose = 'append' | 'stream' | 'log' | 'end' | 'subscription';

interface Carried {
  open: number;
  readonly purposes: Set<Purpose>;
}

interface Calls {
  open: number;
  most: number;
  begun: number;
}

/** The calls of each connection that a node has had: how many at once, and what for. */
export class OpenStreams {
  private readonly connections = new Map<string, Carried>();
  private readonly calls = new Map<Purpose, Calls>();
  /** The most that were open at once on one connection. */
  most = 0;

  /** A call has begun on the connection of a peer; answers what is called when it ends. */
  begin(peer: string, purpose: Purpose): () => void {
    const carried = this.connections.get(peer) ?? { open: 0, purposes: new Set() };
    this.connections.set(peer, carried);
    carried.open += 1;
    carried.purposes.add(purpose);
    this.most = Math.max(this.most, carried.open);
    const calls = this.callsOf(purpose);
    calls.open += 1;
    calls.begun += 1;
    calls.most = Math.max(calls.most, calls.open);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      carried.open -= 1;
      calls.open -= 1;
    };
  }

  /** How many calls of a purpose have begun, and how many were open at once. */
  of(purpose: Purpose): Readonly<Calls> {
    return { ...this.callsOf(purpose) };
  }

  /** What each connection was for, in the order in which they were made. */
  get purposes(): readonly (readonly Purpose[])[] {
    return [...this.connections.values()].map(({ purposes }) => [...purposes].sort());
  }

  /** How many are open now, on all of them. */
  get open(): number {
    return [...this.connections.values()].reduce((sum, { open }) => sum + open, 0);
  }

  private callsOf(purpose: Purpose): Calls {
    const calls = this.calls.get(purpose) ?? { open: 0, most: 0, begun: 0 };
    this.calls.set(purpose, calls);
    return calls;
  }
}
