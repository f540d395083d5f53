/** What a call is for, as the server sees it. */
export type Purpose = 'append' | 'stream' | 'log' | 'end' | 'subscription';

interface Carried {
  open: number;
  readonly purposes: Set<Purpose>;
}

/** The calls of each connection that a node has had: how many at once, and what for. */
export class OpenStreams {
  private readonly connections = new Map<string, Carried>();
  private readonly begun = new Map<Purpose, number>();
  /** The most that were open at once on one connection. */
  most = 0;

  /** A call has begun on the connection of a peer; answers what is called when it ends. */
  begin(peer: string, purpose: Purpose): () => void {
    const carried = this.connections.get(peer) ?? { open: 0, purposes: new Set() };
    this.connections.set(peer, carried);
    carried.open += 1;
    this.begun.set(purpose, this.count(purpose) + 1);
    carried.purposes.add(purpose);
    this.most = Math.max(this.most, carried.open);
    let isOver = false;
    return () => {
      if (!isOver) carried.open -= 1;
      isOver = true;
    };
  }

  /** How many calls of a purpose have begun. */
  count(purpose: Purpose): number {
    return this.begun.get(purpose) ?? 0;
  }

  /** What each connection was for, in the order in which they were made. */
  get purposes(): readonly (readonly Purpose[])[] {
    return [...this.connections.values()].map(({ purposes }) => [...purposes].sort());
  }

  /** How many are open now, on all of them. */
  get open(): number {
    return [...this.connections.values()].reduce((sum, { open }) => sum + open, 0);
  }
}
