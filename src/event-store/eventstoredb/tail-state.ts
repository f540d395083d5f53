import { type Position } from '../../event-sourcing/event-store.js';
import { StorageFault } from '../../event-sourcing/storage-fault.js';
import { rejectionOf } from './failures.js';

/** What the live subscription of a store does. */
export interface TailStatus {
  /** `idle`: nobody subscribes. `catchingUp`: connected, but behind the log. */
  readonly state: 'idle' | 'connecting' | 'catchingUp' | 'live';
  /** Of the last event heard of. */
  readonly position: Position;
  /** How far behind the log it is, in bytes of the log, as far as is known; null while the server cannot be asked. */
  readonly lag: number | null;
  /** How often it had to be made anew. */
  readonly reconnects: number;
  /** Why it is not there; undefined when it is. */
  readonly error?: string;
}

/** At most so often it is told how far it has come. */
const tellMs = 100;

/** What is known of the live subscription, and tells it. */
export class TailState {
  private current: TailStatus['state'] = 'idle';
  private reconnects = 0;
  private error: string | undefined;
  /** Where the log ended when that was last looked at; undefined since it could be looked at no more. */
  private logEnd: Position | undefined;
  private isLooking = false;
  private telling: ReturnType<typeof setTimeout> | undefined;

  constructor(
    /** Of the last event heard of. */
    private readonly position: () => Position,
    /** What went wrong, in words for operators. */
    private readonly explained: (error: unknown) => Promise<string>,
    private readonly changed: (status: TailStatus) => void,
  ) {}

  get state(): TailStatus['state'] {
    return this.current;
  }

  get status(): TailStatus {
    const { state, reconnects, error, logEnd } = this;
    const position = this.position();
    const lag = isConnected(state) && logEnd !== undefined ? distance(position, logEnd) : null;
    return { state, position, lag, reconnects, ...(error === undefined ? {} : { error }) };
  }

  is(state: TailStatus['state']): void {
    if (state === this.current) return;
    this.current = state;
    if (state !== 'connecting') this.error = undefined;
    this.tell();
  }

  /** The log goes so far at least. */
  sees(end: Position): void {
    if (this.logEnd === undefined || end > this.logEnd) this.logEnd = end;
    this.telling ??= setTimeout(() => {
      this.tell();
    }, tellMs).unref();
  }

  /** It is not known how far the log has gone on since. */
  fallsBehind(): void {
    this.logEnd = undefined;
    this.is('catchingUp');
  }

  /** Somebody else tells why the log cannot be read, or that it can be again. */
  told(error: string | undefined): void {
    this.error = error;
    this.tell();
  }

  failed(error: unknown): void {
    this.reconnects += 1;
    this.current = 'connecting';
    this.logEnd = undefined;
    const fault = rejectionOf(error, { right: 'read', stream: '$all' });
    if (fault instanceof StorageFault) this.error = fault.detail;
    else void this.explain(error);
    this.tell();
  }

  /** Looks why the server is not there, which may take a while; it is tried again meanwhile. */
  private async explain(error: unknown): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    const why = await this.explained(error);
    this.isLooking = false;
    if (this.current !== 'connecting') return;
    this.error = why;
    this.tell();
  }

  private tell(): void {
    clearTimeout(this.telling);
    this.telling = undefined;
    this.changed(this.status);
  }
}

const isConnected = (state: TailStatus['state']) => state === 'live' || state === 'catchingUp';

const distance = (from: Position, to: Position): number => (to <= from ? 0 : Number(BigInt(to) - BigInt(from)));
