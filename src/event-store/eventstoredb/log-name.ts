import { randomBytes } from 'node:crypto';
import { WrongExpectedVersionError } from '@eventstore/db-client';
import { type Appended } from '../../event-sourcing/event-store.js';
import { newId } from '../../event-sourcing/new-id.js';
import { type AppendRequest } from './append-call.js';
import { AppendSender } from './append-sender.js';
import { type Connection } from './connection.js';
import { type Credentials } from './credentials.js';
import { nameIn } from './events.js';
import { isDefinite, rejectionOf, unavailable, Unreachable } from './failures.js';
import { BackOff, isAborted, type RetryPolicy } from './retry-policy.js';
import { Reads } from './reads.js';
import { readStreamFrom } from './requests.js';
import { ReadTurns } from './turns.js';

/** How somebody waits for a server that does not answer. */
export interface Waiting {
  /** Ends the wait. */
  readonly signal?: AbortSignal;
  /** Called after each vain try to reach the server, with why. */
  readonly waiting?: (why: string) => void;
}

/**
 * The id of the log, from the log itself: the first who looks gives it one, in a stream of its own. Of two who do so at
 * once the server lets one. Waits until the server answers.
 * @throws Rejection `EVENT_STORE_REFUSES`; `EVENT_STORE_UNAVAILABLE` when the signal aborts
 */
export async function nameWhenReady(
  connection: Connection,
  credentials: Credentials,
  retryPolicy: RetryPolicy,
  options: Waiting,
): Promise<string> {
  const { signal = new AbortController().signal, waiting = () => undefined } = options;
  // Each try tells at once how it went; the waits between them are here.
  const once = { ...retryPolicy, giveUpMs: 0 };
  const reads = new Reads({ connection, retryPolicy: once, turns: new ReadTurns(1) });
  const sender = new AppendSender({ connection, credentials, reads, retryPolicy, closing: signal });
  const backOff = new BackOff(retryPolicy);
  const stream = connection.names.log;
  let why: string | undefined;
  try {
    for (;;) {
      try {
        if (!isAborted(signal)) return await nameOfLog(stream, reads, (request) => sender.send(request), signal);
      } catch (error) {
        if (isDefinite(error) && !isUnavailable(error)) throw rejectionOf(error, { right: 'write', stream });
        why = await connection.explained(isUnavailable(error) ? new Unreachable() : error);
        waiting(why);
      }
      // Where the first try is not over yet, it is looked at once more.
      if (isAborted(signal)) throw unavailable(new Error(why ?? (await connection.explained(new Unreachable()))));
      await backOff.wait(signal);
    }
  } finally {
    await sender.close();
  }
}

const isUnavailable = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'EVENT_STORE_UNAVAILABLE';

async function nameOfLog(
  stream: string,
  reads: Reads,
  append: (request: AppendRequest) => Promise<Appended>,
  signal: AbortSignal,
): Promise<string> {
  const given = await readName(stream, reads, signal);
  if (given !== undefined) return given;
  if (isAborted(signal)) throw unavailable(new Unreachable());
  const [id, data] = [newId(), JSON.stringify({ logId: randomBytes(6).toString('hex') })];
  const named = { id, type: 'LogNamed', data, metadata: '{}', wireId: id };
  try {
    await append({ stream, expected: 'noStream', events: [named] });
  } catch (error) {
    if (!(error instanceof WrongExpectedVersionError)) throw error;
  }
  const name = await readName(stream, reads, signal);
  if (name === undefined) throw unavailable('its log has no name yet');
  return name;
}

async function readName(stream: string, reads: Reads, signal: AbortSignal): Promise<string | undefined> {
  const named = await reads.first(() => readStreamFrom(stream, 0, 1), signal, { right: 'read', stream });
  return named === undefined ? undefined : nameIn(named);
}
