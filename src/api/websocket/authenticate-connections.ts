import { type Context } from 'graphql-ws';
import { type TimeSource } from '../../time/time-source.js';
import { type OpenSocket } from './open-socket.js';
import { inFull, logToStderr } from '../../observability/log.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type Authenticator } from '../../auth/authenticator.js';
import { type Identity, isOver, type Over } from '../../auth/identity.js';
import { type RequestContext } from '../../auth/requires.js';

/** A connection, and who it is of. */
export type Connection = Context<Record<string, unknown>, OpenSocket>;

/** What a client reads of why it was let go. A token's holder may come back with a new one; a key's is not to try again. */
const closeCodes = { TOKEN_EXPIRED: 4403, KEY_EXPIRED: 4401, KEY_REVOKED: 4401 } as const satisfies Record<
  Over,
  number
>;

/**
 * Whether a connection is somebody's: whoever sends `connection_init` says in it who they are. It lasts as long as that
 * holds.
 */
export async function authenticateConnection(
  { connectionParams, extra }: Connection,
  authenticator: Authenticator,
  time: TimeSource,
): Promise<boolean> {
  try {
    const identity = await authenticator.identify(connectionParams?.['authorization']);
    if (extra.socket.readyState !== extra.socket.OPEN) return false; // it left, or took too long
    extra.identity = identity;
    extra.left = closeWhenOver(extra, identity, time);
    return true;
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    if (isOver(error.code)) extra.socket.close(closeCodes[error.code], error.code);
    return false;
  }
}

/** Closes a connection that is not its holder's any more; answers why. */
export function closeIfOver({ socket, identity }: OpenSocket): Over | undefined {
  const over = identity?.over();
  if (over !== undefined) socket.close(closeCodes[over], over);
  return over;
}

/** Answers with what aborts when the socket is closed. */
function closeWhenOver({ socket }: OpenSocket, identity: Identity, time: TimeSource): AbortSignal {
  const closed = new AbortController();
  socket.once('close', () => {
    closed.abort();
  });
  const watch = async () => {
    for (let over = identity.over(); !closed.signal.aborted; over = identity.over()) {
      if (over !== undefined) {
        socket.close(closeCodes[over], over);
        return;
      }
      await time.sleepUntil(identity.lookAgainAt(), closed.signal);
    }
  };
  watch().catch((error: unknown) => {
    const message = 'A connection could not be watched, and is closed.';
    logToStderr({ level: 'error', code: 'CONNECTION_NOT_WATCHED', message, error: inFull(error) });
    socket.close(1011);
  });
  return closed.signal;
}

/** Whose a connection is. */
export function identityOf({ extra: { identity } }: Connection): Identity {
  if (identity === undefined) throw new Error('somebody subscribed whom nobody authenticated');
  return identity;
}

/** What resolvers know of who is connected. A subscription ends with its own source, or with the socket. */
export function contextOfConnection(connection: Connection, id: string, isLasting: boolean): RequestContext {
  const identity = identityOf(connection);
  const { left, underWay } = connection.extra;
  if (left === undefined) throw new Error('somebody subscribed whom nobody authenticated');
  const answered = underWay.begin(id);
  return { identity, signal: isLasting ? left : answered };
}
