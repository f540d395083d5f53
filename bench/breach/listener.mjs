/** Listens for breaches on so many sockets; says how long after its deadline each came. */
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const query = `subscription { slaEvents(filter: {kinds: [SLA_BREACHED]}) { cursor __typename ... on SlaEvent { reference at } } }`;
const [url, key, sockets] = [process.argv[2], process.argv[3], Number(process.argv[4])];

let latencies = [];
let wanted = Infinity;
let reached = () => undefined;
const seen = new Set();
let doubled = 0;

function listen(n) {
  return new Promise((ready, failed) => {
    const client = createClient({
      url,
      connectionParams: { authorization: `Bearer ${key}` },
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      lazy: false,
    });
    client.subscribe(
      { query },
      {
        next: ({ data, errors }) => {
          if (errors !== undefined) throw new Error(JSON.stringify(errors));
          const { __typename, reference, at } = data.slaEvents;
          if (__typename === 'SlaHeartbeat') ready();
          else {
            const now = Date.now();
            if (n === 0) doubled += Number(seen.has(reference) || !seen.add(reference));
            latencies.push(now - Date.parse(at));
            if (latencies.length >= wanted) reached(now);
          }
        },
        error: failed,
        complete: () => undefined,
      },
    );
  });
}

const does = {
  /** Resolves with the latencies of so many messages, and when the last came. */
  wait: ({ count }) =>
    new Promise((resolve) => {
      wanted = count;
      reached = (last) => {
        resolve({ latencies, last, doubled });
        [latencies, wanted] = [[], Infinity];
      };
      if (latencies.length >= wanted) reached(Date.now());
    }),
};
process.on('message', async ({ id, ask, ...rest }) => process.send({ id, answer: await does[ask](rest) }));
for (let n = 0; n < sockets; n += 50) {
  await Promise.all(Array.from({ length: Math.min(50, sockets - n) }, (_, i) => listen(n + i)));
}
process.send({ url });
