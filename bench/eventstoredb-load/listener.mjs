/** Subscribes so many times to the feed from its start, a few on each socket; says how many events it has heard. */
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url, key, count, after] = process.argv.slice(2);
const query = `subscription ($after: Position) { slaEvents(after: $after, filter: { includeHistoric: true }) { __typename cursor ... on SlaEvent { kind ticket } } }`;
let [heard, caughtUp] = [0, 0];
const perSocket = 4;
const clients = Array.from({ length: Number(count) / perSocket }, () =>
  createClient({
    url,
    connectionParams: { authorization: `Bearer ${key}` },
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  }),
);
process.on('message', async (ask) => {
  if (ask === 'heard') process.send({ heard, caughtUp });
  else {
    await Promise.all(clients.map((client) => client.dispose()));
    process.send({ left: true });
    process.disconnect();
  }
});
for (const client of clients)
  for (let n = 0; n < perSocket; n++) {
    let isCaughtUp = false;
    const next = ({ data, errors }) => {
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      if (data.slaEvents.__typename === 'SlaEvent') heard += 1;
      else if (!isCaughtUp) [isCaughtUp, caughtUp] = [true, caughtUp + 1];
    };
    client.subscribe({ query, variables: { after } }, { next, error: () => undefined, complete: () => undefined });
  }
