/** Writes over HTTP with 64 connections, durable, against a mutation that does nothing on the same server. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { inFolder, median } from './support.mjs';

const connections = 64;
const seconds = 3;
const rounds = 3;

const opening = (n) => ({
  query: `mutation ($input: OpenTicketInput!) { openTicket(input: $input) {
    __typename ... on TicketChanged { position ticket { id } } ... on Rejection { code } } }`,
  variables: {
    input: {
      customer: `customer-${n % 400}`,
      plan: 'pro',
      type: 'PRODUCT_BUG',
      channel: 'EMAIL',
      subject: `It broke ${n}`,
    },
  },
});

const noop = { query: 'mutation { noop { __typename ... on NoopDone { done } ... on Rejection { code } } }' };

let ticket = 0;

/** A hundred events of twenty tickets: each is opened, assigned, answered, asked again and resolved. */
function hundred() {
  const at = new Date(Date.now() - 60_000).toISOString();
  const events = [];
  for (let i = 0; i < 20; i++) {
    const id = `bulk-${process.pid}-${ticket++}`;
    const opened = {
      customer: `customer-${i}`,
      plan: 'pro',
      type: 'PRODUCT_BUG',
      channel: 'EMAIL',
      subject: 'It broke',
    };
    events.push(
      { ticket: id, event: 'TICKET_OPENED', occurredAt: at, ...opened },
      { ticket: id, event: 'TICKET_ASSIGNED', occurredAt: at, assignee: 'mia' },
      { ticket: id, event: 'FIRST_RESPONSE_SENT', occurredAt: at },
      { ticket: id, event: 'CUSTOMER_REPLIED', occurredAt: at },
      { ticket: id, event: 'TICKET_RESOLVED', occurredAt: at },
    );
  }
  return {
    query:
      'mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) { position results { outcome } } }',
    variables: { events },
  };
}

/** Requests a second while so many connections ask. */
async function load(url, body, width = connections) {
  const result = await autocannon({
    url: `${url}/graphql`,
    connections: width,
    duration: seconds,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    setupClient: (client) => client.setBody(JSON.stringify(body())),
    requests: [{ setupRequest: (request) => ({ ...request, body: JSON.stringify(body()) }) }],
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} refused, ${result.errors} failed`);
  return result.requests.average;
}

export async function bench() {
  return inFolder(async (folder) => {
    const server = fork(fileURLToPath(new URL('graphql-write/server.mjs', import.meta.url)), {
      execArgv: ['--max-semi-space-size=64'], // as npm start has it
      env: { ...process.env, PLEDGE_DATA: folder },
    });
    const url = await new Promise((resolve, reject) => {
      server.once('message', resolve).once('exit', reject);
    });
    let n = 0;
    const nothing = () => load(url, () => noop);
    const open = () => load(url, () => opening(n++));
    const bulk = async () => 100 * (await load(url, hundred, 4));
    await nothing();
    await open();
    await bulk();
    const results = [];
    for (let round = 0; round < rounds; round++)
      results.push({ nothing: await nothing(), open: await open(), bulk: await bulk() });
    server.removeAllListeners('exit').kill();
    const of = (key) => median(results.map((result) => result[key]));
    return [
      { name: 'no-op mutation', value: of('nothing'), unit: 'requests/s' },
      { name: 'openTicket', value: of('open'), unit: 'requests/s' },
      { name: 'openTicket / no-op', value: median(results.map((r) => r.open / r.nothing)), unit: '×', target: 0.6 },
      { name: 'recordTicketEvents in hundreds', value: of('bulk'), unit: 'events/s' },
      {
        name: 'recordTicketEvents / openTicket',
        value: median(results.map((r) => r.bulk / r.open)),
        unit: '×',
        target: 8,
      },
    ];
  });
}
