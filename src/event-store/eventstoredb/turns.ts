import { over } from './retry-policy.js';

/** Leave to have one call open. Whoever stands still in his turn may lose it to one who waits. */
export interface Turn {
  /** Aborts when the turn has gone to another: the call is left, and the work goes on in a turn to come. */
  readonly over: AbortSignal;
  /** Somebody waits for a turn, or has waited for this one: as much as there is would be left before it has come. */
  isWanted(): boolean;
  /** What was got is handed on; until {@link works} another may have the turn. */
  rests(): void;
  works(): void;
  end(): void;
}

/**
 * So many calls at a time, in the order of asking: the server has only so many for a connection, and a call too many would
 * wait there unseen.
 */
export class ReadTurns {
  private readonly held = new Set<HeldTurn>();
  private readonly waiting = new Set<() => void>();

  constructor(private readonly most: number) {}

  /** How many calls may be open now. */
  get taken(): number {
    return this.held.size;
  }

  get isWanted(): boolean {
    return this.waiting.size > 0;
  }

  /** Waits for a turn; undefined when the signal aborts. */
  async take(signal: AbortSignal): Promise<Turn | undefined> {
    if (signal.aborted) return undefined;
    if (this.held.size < this.most && !this.isWanted) return this.begin(false);
    return new Promise((resolve) => {
      const leave = () => {
        signal.removeEventListener('abort', leave);
        this.waiting.delete(take);
        resolve(signal.aborted ? undefined : this.begin(true));
      };
      const take = leave;
      this.waiting.add(take);
      signal.addEventListener('abort', leave);
      for (const turn of this.held) if (turn.giveUp()) break;
    });
  }

  private begin(hasWaited: boolean): Turn {
    const turn = new HeldTurn(this, hasWaited, () => {
      this.held.delete(turn);
      this.next();
    });
    this.held.add(turn);
    return turn;
  }

  private next(): void {
    const [take] = this.waiting;
    if (this.held.size < this.most) take?.();
  }
}

class HeldTurn implements Turn {
  private readonly stop = new AbortController();
  private isResting = false;
  private isEnded = false;

  constructor(
    private readonly turns: ReadTurns,
    private readonly hasWaited: boolean,
    private readonly ended: () => void,
  ) {}

  get over(): AbortSignal {
    return this.stop.signal;
  }

  isWanted(): boolean {
    return this.hasWaited || this.turns.isWanted;
  }

  rests(): void {
    this.isResting = true;
    if (this.turns.isWanted) this.giveUp();
  }

  works(): void {
    this.isResting = false;
  }

  end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.ended();
  }

  /** Lets another have the turn, if its holder stands still. */
  giveUp(): boolean {
    if (!this.isResting || this.isEnded) return false;
    this.stop.abort(over);
    this.end();
    return true;
  }
}
