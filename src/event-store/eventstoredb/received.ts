import { convertToCommandError } from '@eventstore/db-client';
import { type ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { Bell } from '../../event-sourcing/bell.js';
import { type ReadCall } from './connection.js';
import { Silence } from './failures.js';
import { inTime, isAborted, type Patience } from './patience.js';

export interface Receiving {
  readonly patience: Patience;
  readonly signal: AbortSignal;
  /** How long the server may say nothing; a live subscription may be quiet for ever. */
  readonly silenceMs: number;
}

/**
 * What a call brings, in as many at a time as are at hand. Nothing more is asked for than is taken. Ends when the call
 * does, or quietly when the signal aborts; however it is left, the call is over then.
 * @throws Silence
 */
export async function* received(
  beginning: Promise<ReadCall>,
  { patience, signal, silenceMs }: Receiving,
): AsyncGenerator<readonly ReadResp[], void, undefined> {
  const bell = new Bell();
  const ring = () => {
    bell.ring();
  };
  let call: ReadCall | undefined;
  let outcome: { readonly error?: Error } | undefined;
  let isLeft = false;
  const fail = (error: Error) => {
    outcome = { error: convertToCommandError(error) };
    ring();
  };
  beginning.then((begun) => {
    call = begun;
    begun.on('readable', ring).on('error', fail);
    begun.on('end', () => {
      outcome ??= {};
      ring();
    });
    if (isLeft) leave(begun);
    ring();
  }, fail);
  try {
    for (;;) {
      if (isAborted(signal)) return;
      const rung = bell.next(signal);
      const messages = call === undefined ? [] : atHand(call);
      if (messages.length > 0) {
        yield messages;
        continue;
      }
      if (outcome?.error !== undefined) throw outcome.error;
      if (outcome !== undefined) return;
      if (silenceMs === Infinity) await rung;
      else if (!(await inTime(rung, silenceMs, patience.clock))) throw new Silence(`no answer in ${silenceMs} ms`);
    }
  } finally {
    isLeft = true;
    if (call !== undefined) leave(call);
    ring(); // nobody waits any more
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
