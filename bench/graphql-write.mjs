/**
 * Writes over HTTP with 64 connections, durable, against a mutation that does nothing on the same server; a hundred events in
 * one mutation against the same events one by one; and beside them a mutation that does nothing on Apollo Server alone.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { inFolder, ofRounds } from './support/measure.mjs';

const connections = 64;
/** Of hundreds: so many keep both of two cores busy, and more only fill the memory. */
const connectionsInBulk = 16;
const seconds = 3;
const rounds = 5;

const input = (n) => ({
  customer: `customer-${n % 400}`,
  plan: 'pro',
  type: 'productBug',
  channel: 'email',
  subject: `It broke ${n}`,
});

const mutation = (name, type) => (variables) => ({
  query: `mutation ($input: ${type}!) { ${name}(input: $input) {
    __typename ... on TicketChanged { position ticket { id } } ... on Rejection { code } } }`,
  variables: { input: variables },
});

const open = mutation('openTicket', 'OpenTicketInput');

/** The same input, checked and taken to the command bus, where nothing is done with it. */
const noop = (variables) => ({
  query: 'mutation ($input: OpenTicketInput!) { noop(input: $input) { __typename ... on NoopDone { done } } }',
  variables: { input: variables },
});

let number = 0;

/** A ticket's life in five mutations, one after another on one connection. */
const life = [
  (id) => open({ id, ...input(number++) }),
  (id) => mutation('assignTicket', 'AssignTicketInput')({ id, assignee: 'mia' }),
  (id) => mutation('recordFirstResponse', 'MessageInput')({ id }),
  (id) => mutation('recordCustomerReply', 'MessageInput')({ id }),
  (id) => mutation('resolveTicket', 'ResolveTicketInput')({ id }),
];

/** The same lives, twenty at a time in one mutation. */
function hundred() {
  const occurredAt = new Date().toISOString();
  const events = Array.from({ length: 20 }, () => `bulk-${number++}`).flatMap((ticket) => [
    { ticket, event: 'TICKET_OPENED', occurredAt, ...input(number) },
    { ticket, event: 'TICKET_ASSIGNED', occurredAt, assignee: 'mia' },
    { ticket, event: 'FIRST_RESPONSE_SENT', occurredAt },
    { ticket, event: 'CUSTOMER_REPLIED', occurredAt },
    { ticket, event: 'TICKET_RESOLVED', occurredAt },
  ]);
  return {
    query:
      'mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) { position results { outcome } } }',
    variables: { events },
  };
}

/** Requests a second while so many connections send bodies, each connection one after another in order. */
async function load({ url, key }, bodies, width = connections) {
  const refused = [];
  const result = await autocannon({
    url: `${url}/graphql`,
    connections: width,
    duration: seconds,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    requests: bodies.map((body) => ({
      setupRequest: (request, context) => ({ ...request, body: JSON.stringify(body(context)) }),
      onResponse: (status, text) => {
        if (status !== 200 || /Rejection|"errors"|"REJECTED"/.test(text)) refused.push(text);
      },
    })),
  });
  if (refused.length + result.errors > 0) throw new Error(`${result.errors} failed; refused: ${refused[0]}`);
  return result.requests.average;
}

/** A server of this bench, and where it is asked as soon as it serves. */
function started(name, folder) {
  const server = fork(fileURLToPath(new URL(`graphql-write/${name}.mjs`, import.meta.url)), {
    execArgv: ['--max-semi-space-size=64'], // as npm start has it
    env: { ...process.env, PLEDGE_DATA: folder },
  });
  const door = new Promise((resolve, reject) => {
    server.once('message', resolve).once('exit', reject);
  });
  return { process: server, door };
}

export async function bench() {
  return inFolder(async (folder) => {
    const [server, bare] = ['server', 'bare-apollo'].map((name) => started(name, folder));
    const [door, bareDoor] = await Promise.all([server.door, bare.door]);
    const measures = {
      bare: () => load(bareDoor, [() => noop(input(number++))]),
      nothing: () => load(door, [() => noop(input(number++))]),
      open: () => load(door, [() => open(input(number++))]),
      single: () =>
        load(
          door,
          life.map((step, i) => (context) => step(i === 0 ? (context.id = `single-${number++}`) : context.id)),
        ),
      bulk: async () => 100 * (await load(door, [hundred], connectionsInBulk)),
    };
    for (let round = 0; round < 2; round++) for (const measure of Object.values(measures)) await measure(); // warm-up
    const results = [];
    for (let round = 0; round < rounds; round++) {
      const result = {};
      for (const [name, measure] of Object.entries(measures)) result[name] = await measure();
      results.push(result);
    }
    for (const { process } of [server, bare]) process.removeAllListeners('exit').kill();
    const of = (key) => ofRounds(results.map((result) => result[key]));
    return [
      { name: 'no-op mutation of Apollo Server alone, on Express', ...of('bare'), unit: 'requests/s' },
      { name: 'no-op mutation', ...of('nothing'), unit: 'requests/s' },
      { name: 'openTicket', ...of('open'), unit: 'requests/s' },
      { name: 'openTicket / no-op', ...ofRounds(results.map((r) => r.open / r.nothing)), unit: '×', target: 0.6 },
      { name: 'a ticket’s life in single mutations', ...of('single'), unit: 'events/s' },
      { name: 'the same by recordTicketEvents in hundreds', ...of('bulk'), unit: 'events/s' },
      {
        name: 'recordTicketEvents / single mutations',
        ...ofRounds(results.map((r) => r.bulk / r.single)),
        unit: '×',
        target: 8,
      },
    ];
  });
}
