import { randomUUID } from 'node:crypto';
import { type FastifyInstance } from 'fastify';
import { errorBody } from '../exception-filter.js';

/** Answers what comes on a connection that is open still while the server stops, in the shape of every other refusal. */
export function refuseWhileStopping(server: FastifyInstance, stopping: AbortSignal): void {
  server.addHook('onRequest', (_, reply, done) => {
    if (!stopping.aborted) {
      done();
      return;
    }
    void reply
      .status(503)
      .headers({ connection: 'close', 'retry-after': '1', 'cache-control': 'no-store' })
      .send(errorBody('The server is stopping.', 'SERVER_STOPPING', randomUUID()));
  });
}
