/**
 * Prints what becomes of promises as it happens. It keeps the last cursor in a file, so that it misses nothing and repeats
 * nothing when it is cut off: by a server that restarts, by a network that fails, or when it is told to end.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const query = `subscription ($after: Position) {
  slaEvents(after: $after) { __typename cursor ... on SlaEvent { kind metric reference at } }
}`;

type Message =
  | { __typename: 'SlaHeartbeat'; cursor: string }
  | { __typename: 'SlaEvent'; cursor: string; kind: string; metric: string; reference: string; at: string };

interface FeedError {
  message: string;
  extensions?: { code?: string };
}

const url = `ws://127.0.0.1:${process.env['PLEDGE_PORT'] ?? '3000'}/graphql`;
const key =
  process.env['PLEDGE_KEY'] ?? readFileSync(`${process.env['PLEDGE_DATA'] ?? 'data'}/development.key`, 'utf8').trim();
const file = process.argv[2] ?? 'agent-feed.cursor';

/** Where to go on; the first time from now on. */
const lastCursor = () => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

/** Whole or not at all; after the event is printed, so that what a `kill -9` cuts in between is printed again, not never. */
function keep(cursor: string): void {
  writeFileSync(`${file}.new`, cursor);
  renameSync(`${file}.new`, file);
}

/** Listens from the last cursor until the connection is cut. */
async function listen(heard: () => void): Promise<void> {
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${key}` },
    retryAttempts: 0, // it would ask again from where it began: we go on from the last cursor
    on: { connected: () => console.log('Listening.') },
  });
  const messages = client.iterate<{ slaEvents: Message }>({ query, variables: { after: lastCursor() } });
  for await (const { data, errors } of messages) {
    if (errors !== undefined) throw errors;
    if (data === undefined || data === null) continue;
    const message = data.slaEvents;
    if (message.__typename === 'SlaEvent') {
      console.log(`${message.at} ${message.kind} ${message.metric} ${message.reference}`);
    }
    keep(message.cursor); // a heartbeat's too: with it a quiet feed goes on as well
    heard();
  }
}

// Without a word on these it would end at once, between printing and keeping too; so it ends when both are done.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit());

/** What trying again does not mend: a cursor of another log, a key that is not taken. */
const lasting = new Set(['INVALID_CURSOR', 'CURSOR_OF_ANOTHER_LOG', 'UNAUTHENTICATED', 'FORBIDDEN']);

for (let attempts = 1; ; attempts++) {
  try {
    await listen(() => {
      attempts = 0;
    });
  } catch (error) {
    const [first] = Array.isArray(error) ? (error as FeedError[]) : [];
    const code = first?.extensions?.code ?? '';
    if (lasting.has(code)) {
      console.error(first?.message);
      process.exit(1);
    }
    // Anything else passes: a server that is away, or SUBSCRIBER_TOO_SLOW, whose cursor is the one that we have.
  }
  await pause(Math.min(100 * 2 ** attempts, 10_000) * (0.5 + Math.random() / 2));
}
