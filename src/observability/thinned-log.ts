import { type TimeSource } from '../time/time-source.js';
import { type Log, type LogEntry } from './log.js';

const windowMs = 60_000;

interface Kind {
  endsAt: number;
  leftOut: number;
}

/** A log of what strangers are refused: of each code and address one line a minute, with how many were left out before it. */
export class ThinnedLog {
  private readonly kinds = new Map<string, Kind>();

  constructor(
    private readonly log: Log,
    private readonly time: Pick<TimeSource, 'elapsed'>,
    /** How many kinds are remembered; those first whose minute began first make way. */
    private readonly room = 10_000,
  ) {}

  write(entry: LogEntry, address: string): void {
    const now = this.time.elapsed();
    const name = `${entry.code} ${address}`;
    const kind = this.kinds.get(name);
    if (kind !== undefined && now < kind.endsAt) {
      kind.leftOut += 1;
      return;
    }
    this.kinds.delete(name);
    const [oldest] = this.kinds.keys();
    if (this.kinds.size >= this.room && oldest !== undefined) this.kinds.delete(oldest);
    this.kinds.set(name, { endsAt: now + windowMs, leftOut: 0 });
    const leftOut = kind === undefined || kind.leftOut === 0 ? {} : { leftOut: kind.leftOut };
    this.log({ ...entry, who: `address ${address}`, ...leftOut });
  }
}
