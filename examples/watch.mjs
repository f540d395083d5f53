/** Prints warnings and breaches as they happen: `node examples/watch.mjs [CURSOR]`. Come back with the last cursor. */
import { readFileSync } from 'node:fs';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const url = `ws://127.0.0.1:${process.env.PLEDGE_PORT ?? 3000}/graphql`;
const on = { connected: () => console.log('Listening.') };
const key = process.env.PLEDGE_KEY ?? readFileSync('data/development.key', 'utf8').trim();
const connectionParams = { authorization: `Bearer ${key}` };
const client = createClient({ url, on, connectionParams, webSocketImpl: WebSocket });
const query = `subscription ($after: Position) {
  slaEvents(after: $after) { cursor ... on SlaEvent { kind metric reference at } }
}`;
for await (const { data } of client.iterate({ query, variables: { after: process.argv[2] } })) {
  const { kind, metric, reference, at, cursor } = data.slaEvents;
  if (kind !== undefined) console.log(`${at} ${kind} ${metric} ${reference} (${cursor})`); // else a heartbeat
}
