import { convertToCommandError } from '@eventstore/db-client';
import { type ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { type ReadCall } from './link.js';
import { Silence } from './failures.js';
import { isAborted, looked, over, type RetryPolicy } from './retry-policy.js';

export interface Receiving {
  readonly retryPolicy: RetryPolicy;
  readonly signal: AbortSignal;
  /** How long the server may say nothing; a live subscription may be quiet for ever. */
  readonly silenceMs: number;
  /** Whether the server works on a call though it says nothing; asked again after each silence. By default it does not. */
  readonly isWorking?: (call: ReadCall) => Promise<boolean>;
  /** Called with a call on which nothing was heard for so long. */
  readonly silent: (call: ReadCall) => void;
}

/**
 * What a call brings, in as many at a time as are at hand. Nothing more is asked for than is taken. Ends when the call
 * does, or quietly when the signal aborts; however it is left, the call is over then.
 * @throws Silence
 */
export async function* received(
  beginning: Promise<ReadCall>,
  { retryPolicy, signal, silenceMs, silent, isWorking = () => Promise.resolve(false) }: Receiving,
): AsyncGenerator<readonly ReadResp[], void, undefined> {
  let call: ReadCall | undefined;
  let outcome: { readonly error?: Error } | undefined;
  let wake: () => void = () => undefined;
  const left = new AbortController();
  const end = (how: { readonly error?: Error }) => {
    outcome ??= how;
    wake();
  };
  const fail = (error: Error) => {
    end({ error: convertToCommandError(error) });
  };
  const stop = () => {
    end({});
  };
  const abort = () => {
    stop();
    if (call !== undefined) leave(call); // at once, wherever its reader stands
  };
  signal.addEventListener('abort', abort);
  beginning.then((begun) => {
    if (isAborted(left.signal)) {
      leave(begun);
      return;
    }
    call = begun.on('readable', () => {
      wake();
    });
    begun.on('end', stop).on('error', fail);
    wake();
  }, fail);
  const tooLong = (error: Silence) => {
    if (call !== undefined) silent(call);
    fail(error);
  };
  const works = () => (call === undefined ? Promise.resolve(false) : isWorking(call));
  const watch =
    silenceMs === Infinity ? undefined : new SilenceWatch(retryPolicy, silenceMs, works, tooLong, left.signal);
  try {
    for (;;) {
      const messages = call === undefined || isAborted(signal) ? [] : atHand(call);
      if (messages.length > 0) {
        yield messages;
        continue;
      }
      if (outcome?.error !== undefined && !isAborted(signal)) throw outcome.error;
      if (outcome !== undefined || isAborted(signal)) return;
      if (call !== undefined) watch?.waits();
      await new Promise<void>((resolve) => (wake = resolve));
      watch?.hears();
    }
  } finally {
    left.abort(over);
    signal.removeEventListener('abort', abort);
    if (call !== undefined) leave(call);
  }
}

/** Finds out that something is waited for for too long: one timer for a call, not one for each wait. */
class SilenceWatch {
  private since: number | undefined;

  constructor(
    private readonly retryPolicy: RetryPolicy,
    private readonly silenceMs: number,
    private readonly works: () => Promise<boolean>,
    private readonly tooLong: (error: Silence) => void,
    signal: AbortSignal,
  ) {
    void this.run(signal);
  }

  waits(): void {
    this.since = this.retryPolicy.time.now();
  }

  hears(): void {
    this.since = undefined;
  }

  private get isTooLong(): boolean {
    return this.since !== undefined && this.retryPolicy.time.now() - this.since >= this.silenceMs;
  }

  /** Where this process was busy for long, the answer may be here and not looked at yet. */
  private async isStillTooLong(): Promise<boolean> {
    await looked();
    return this.isTooLong;
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { time } = this.retryPolicy;
    while (!isAborted(signal)) {
      if (this.isTooLong && (await this.isStillTooLong())) {
        if (!(await this.works())) {
          this.tooLong(new Silence(`no answer in ${this.silenceMs} ms`));
          return;
        }
        if (this.since !== undefined) this.since = time.now();
      }
      await time.sleepUntil((this.since ?? time.now()) + this.silenceMs, signal);
    }
  }
}

/** A call that is not read to its end would be remembered for ever. */
function leave(call: ReadCall): void {
  call.cancel();
  call.destroy();
}

function atHand(call: ReadCall): ReadResp[] {
  const messages: ReadResp[] = [];
  for (;;) {
    const message = call.read() as ReadResp | null;
    if (message === null) return messages;
    messages.push(message);
  }
}
