/**
 * `npm run eventstoredb:try`: a node of EventStoreDB to try Pledge on, without Docker. It speaks the protocol, and keeps
 * all in memory: what is in it is gone when it ends. The port may be given; it is EventStoreDB's own where it is not.
 */
import { WireServer } from './wire-server.js';

const port = Number(process.argv[2] ?? 2113);
const server = await WireServer.start({ port, maxAppendSize: 8 * 1024 * 1024 });
console.log(`EventStoreDB's protocol is served at ${server.url}`);
console.log('It keeps its log in memory, for a try-out: Ctrl-C ends it, and all that is in it.');
console.log(`In another terminal: EVENT_STORE_URL='${server.url}' npm start`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    // Asked to exit: Node may wait for ever for what a connection that was cut has left behind.
    void server.stop().then(() => process.exit());
  });
}
