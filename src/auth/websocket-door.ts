import { type Context } from 'graphql-ws';
import { type Extra } from 'graphql-ws/use/ws';
import { type Clock } from '../clock/clock.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { type Authenticator } from './authenticator.js';
import { type Identity, type Over } from './identity.js';
import { type RequestContext } from './requires.js';

/** A connection as Nest's types have it. */
export type Connection = Context;

/** What graphql-ws keeps with a connection, which Nest's types do not say, and who it is of. */
const known = ({ extra }: Connection) => extra as Extra & { identity?: Identity };

/** What a client reads of why it was let go. A token's holder may come back with a new one; a key's is not to try again. */
const closeCodes = { TOKEN_EXPIRED: 4403, KEY_EXPIRED: 4401, KEY_REVOKED: 4401 } as const satisfies Record<
  Over,
  number
>;

/** Who sends `connection_init` says who they are in it; the connection lasts as long as that holds. */
export function authenticateConnections(authenticator: Authenticator, clock: Clock) {
  return {
    // What this returns would reach the client, so it is a plain yes or no.
    onConnect: async (connection: Connection): Promise<boolean> => {
      try {
        const identity = await authenticator.identify(connection.connectionParams?.['authorization']);
        const extra = known(connection);
        extra.identity = identity;
        closeWhenOver(extra, identity, clock);
        return true;
      } catch (error) {
        if (error instanceof Rejection) return false;
        throw error;
      }
    },
  };
}

function closeWhenOver({ socket }: Extra, identity: Identity, clock: Clock): void {
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
      await clock.sleepUntil(identity.lookAgainAt(), closed.signal);
    }
  };
  watch().catch((error: unknown) => {
    console.error('a connection could not be watched, and is closed:', error);
    socket.close(1011);
  });
}

/** What resolvers know of who is connected. */
export function contextOfConnection(connection: Connection): RequestContext {
  const { identity } = known(connection);
  if (identity === undefined) throw new Error('somebody subscribed whom nobody authenticated');
  return { identity };
}
