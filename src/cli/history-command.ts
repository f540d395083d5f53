import { Command } from 'commander';
import { noticesInWords, summaryOf, wholeHistory } from '../audit/history.js';
import { ticketsNamed } from '../tickets/queries/tickets.js';
import { reportedOf } from '../event-sourcing/event-store.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { type ReadOnlyContext, openForReading } from '../app/pledge-context.js';
import { print, printAll, printsAlone } from './print.js';
import { type Remote, type RemoteOptions, remoteOf } from './remote.js';
import { remoteHistory } from './remote-history.js';
import { settingsHere } from './settings-here.js';

interface HistoryOptions extends RemoteOptions {
  readonly json?: boolean;
}

export const historyCommand = new Command('history')
  .description(
    'print the events of a ticket as they were recorded; works while the server runs, or asks another server',
  )
  .argument('<ticket>', "the ticket's id, or its reference")
  .option('--json', 'the events in full, one JSON object a line')
  .option('--server <url>', 'ask this server, for example https://pledge.example')
  .option('--key-file <file>', 'the file with the key for it (default: the variable PLEDGE_KEY)')
  .action(async (ticket: string, { json = false, ...where }: HistoryOptions) => {
    const remote = remoteOf(where);
    printsAlone();
    if (remote === undefined) await printLocal(ticket, json);
    else await printAll(remoteLines(remote, ticket, json));
  });

async function* remoteLines(remote: Remote, ticket: string, json: boolean): AsyncGenerator<string> {
  for await (const event of remoteHistory(remote, ticket))
    yield json ? event.json : line({ ...event, by: event.actor, notices: event.notices.map(inWords) });
}

async function printLocal(ticket: string, json: boolean): Promise<void> {
  const context = await openForReading(settingsHere());
  try {
    if (await printHistory(context, ticket, json)) return;
    const [named, ...others] = context.db === undefined ? [] : await ticketsNamed(context.db, ticket);
    if (named === undefined) throw new Rejection('TICKET_NOT_FOUND', `There is no ticket ${ticket}.`);
    if (others.length > 0) {
      const ids = [named, ...others].join(', ');
      throw new Rejection(
        'REFERENCE_AMBIGUOUS',
        `${ticket} is the reference of several tickets; give one of these ids: ${ids}.`,
      );
    }
    await printHistory(context, named, json);
  } finally {
    await context.close();
  }
}

/** Prints the history of a ticket, and says whether there is one. */
async function printHistory(context: ReadOnlyContext, ticket: string, json: boolean): Promise<boolean> {
  let isThere = false;
  for await (const { event, notices } of wholeHistory(context, ticket)) {
    isThere = true;
    const { revision, type, metadata } = event;
    const occurredAt = new Date(metadata.occurredAt).toISOString();
    const text = { summary: summaryOf(event), notices: notices.map((code) => noticesInWords[code]) };
    const onBehalfOf = reportedOf(metadata) ?? null;
    print(json ? JSON.stringify(event) : line({ revision, type, occurredAt, by: metadata.actor, onBehalfOf, ...text }));
  }
  return isThere;
}

interface Who {
  readonly id: string;
  /** As recorded, or as the API says it. */
  readonly kind: string;
}

interface Printed {
  readonly revision: number;
  readonly type: string;
  readonly occurredAt: string;
  readonly by: Who;
  readonly onBehalfOf: Who | null;
  readonly summary: string;
  readonly notices: readonly string[];
}

function line({ revision, type, occurredAt, by, onBehalfOf, summary, notices }: Printed): string {
  const text = [summary, ...notices.map((notice) => `(${notice})`)].join(' ');
  const name = onBehalfOf === null ? by.id : `${by.id} for ${onBehalfOf.id}`;
  const who = (onBehalfOf ?? by).kind.toLowerCase() === 'automatic' ? `${name} (automatic)` : name;
  return `${String(revision).padStart(3)}  ${occurredAt}  ${type.padEnd(18)}  ${text}  [${who}]`;
}

/** `WITHOUT_EFFECT`, as the API says it, in words. */
function inWords(code: string): string {
  const name = code.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.hasOwn(noticesInWords, name) ? noticesInWords[name as keyof typeof noticesInWords] : code;
}
