import { type Limits } from './limits.js';

/** What one request or answer holds of our memory. */
export interface Hold {
  /** Counts more bytes as held; false, and nothing is counted, where they are too many beside those held already. */
  add(bytes: number): boolean;
  /** Lets go of all of them. */
  release(): void;
}

/** Bytes that callers hold of our memory: requests that are on their way, and answers that wait to be read. */
export class HeldBytes {
  private readonly byCaller = new Map<string, number>();
  private all = 0;

  constructor(private readonly most: Limits['heldBytes']) {}

  begin(caller: string): Hold {
    let own = 0;
    return {
      add: (bytes) => {
        const held = this.byCaller.get(caller) ?? 0;
        if (held + bytes > this.most.perIdentity || this.all + bytes > this.most.total) return false;
        own += bytes;
        this.count(caller, bytes);
        return true;
      },
      release: () => {
        this.count(caller, -own);
        own = 0;
      },
    };
  }

  private count(caller: string, bytes: number): void {
    const held = (this.byCaller.get(caller) ?? 0) + bytes;
    this.all += bytes;
    if (held > 0) this.byCaller.set(caller, held);
    else this.byCaller.delete(caller);
  }
}
