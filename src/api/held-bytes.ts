import { type Limits } from './limits.js';

/** Bytes that callers hold of our memory: requests that are on their way, and answers that wait to be read. */
export class HeldBytes {
  private readonly byCaller = new Map<string, number>();
  private all = 0;

  constructor(private readonly most: Limits['heldBytes']) {}

  /** Counts bytes as held; the function lets go of them. Undefined: they are too many, beside those held already. */
  take(caller: string, bytes: number): (() => void) | undefined {
    const held = this.byCaller.get(caller) ?? 0;
    if (held + bytes > this.most.perIdentity || this.all + bytes > this.most.total) return undefined;
    this.add(caller, bytes);
    return () => {
      this.add(caller, -bytes);
    };
  }

  private add(caller: string, bytes: number): void {
    const held = (this.byCaller.get(caller) ?? 0) + bytes;
    this.all += bytes;
    if (held > 0) this.byCaller.set(caller, held);
    else this.byCaller.delete(caller);
  }
}
