import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { type Server } from '../app/bootstrap.js';
import { type DevelopmentKey } from '../auth/development-key.js';
import { expectIdentity } from '../config/identity-settings.js';
import { readSettings, type Settings, unknownVariables } from '../config/settings.js';
import { logToStderr, surviveSilence } from '../observability/log.js';
import { type EventStore } from '../event-sourcing/event-store.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { type Finding } from '../event-sourcing/standing.js';
import { type PledgeContext, openPledgeContext, reportInLog } from '../app/pledge-context.js';
import { startUnavailableServer, type UnavailableServer } from '../app/unavailable-server.js';
import { print } from './print.js';
import { noSetting } from './settings-here.js';

/** Resolves when the process is asked to stop. */
export const stopSignal = (): Promise<string> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve(signal);
      });
    }
  });

interface ServeOptions {
  /** A person has decided to go on with a log that is older than what is known of it. */
  readonly acceptOlderLog?: boolean;
}

/** Serves until the process is asked to stop. */
export async function serve({ acceptOlderLog = false }: ServeOptions = {}): Promise<void> {
  surviveSilence();
  const stop = new AbortController();
  const stopped = stopSignal().then(() => {
    stop.abort();
  });
  const settings = readSettings();
  expectIdentity(settings);
  for (const name of unknownVariables()) {
    logToStderr({ level: 'warn', code: 'UNKNOWN_SETTING', message: noSetting(name) });
  }
  // A store elsewhere may come later than we do.
  const place = settings.eventStoreUrl === null ? undefined : await startUnavailableServer(settings);
  const leave = async () => {
    await place?.close();
  };
  let context: PledgeContext | undefined;
  try {
    context = await openWhenThere(settings, place, acceptOlderLog, stop.signal);
    if (context === undefined) return;
    // Loaded here, for it takes a second that the other commands need not wait.
    const { startServer } = await import('../app/bootstrap.js');
    const server = await startServer(context, [], { leave });
    print(
      `Pledge is running on ${server.url}, data in ${settings.data}`,
      '',
      `  ${server.url}/graphql   the API${server.isExplorable ? '; in a browser, GraphiQL' : ''}`,
      `  ${server.url}/health    whether all is well`,
      '',
      ...(server.hasKeys ? [] : [howToGetAKey(), '']),
      ...keyInWords(server, server.developmentKey),
      ...((await hasTickets(context.store)) ? [] : [howToGetTickets()]),
      'The tour is in README.md.',
    );
    await stopped;
    await server.close();
  } finally {
    await leave();
    await context?.close();
  }
}

async function hasTickets(store: EventStore): Promise<boolean> {
  for await (const _ of store.readAll({ types: ['TicketOpened'] })) return true;
  return false;
}

/** How the command is called here: in a clone it is not on the path. */
const command = () => (existsSync('pledge') ? './pledge' : 'pledge');

const howToGetTickets = () =>
  `There are no tickets yet. For sample tickets, stop the server, run "${command()} sample | ${command()} import -", and start it again.`;

const howToGetAKey = () =>
  `There are no API keys yet. Make the first one here, while the server runs: ${command()} keys create NAME --role admin`;

/** How to get in; the key itself is shown when it is made, and never again. */
function keyInWords({ url, isExplorable }: Server, key: DevelopmentKey | undefined): readonly string[] {
  if (key === undefined) return [];
  if (!key.isNew) return [`The development key is in ${key.file}.`, ''];
  return [
    `A development key for this machine was made; it is in ${key.file}. It is shown only now:`,
    '',
    `  curl -s ${url}/graphql -H 'content-type: application/json' -H 'authorization: Bearer ${key.text}' -d '{"query":"{ slaSummary { lines { plan metric month attainment } } }"}'`,
    ...(isExplorable ? [`  ${url}/graphql#key=${key.text}`] : []),
    '',
  ];
}

/** Opens the application context as soon as its store answers; undefined where the process is asked to stop before. */
async function openWhenThere(
  settings: Settings,
  place: UnavailableServer | undefined,
  acceptsOlderLog: boolean,
  signal: AbortSignal,
): Promise<PledgeContext | undefined> {
  const finding: Finding = {
    acceptsOlderLog,
    report: reportInLog,
  };
  if (place === undefined) return openPledgeContext(settings, 'serve', { threaded: true, finding });
  const logged = new Set<string>();
  const onRetry = (why: string) => {
    if (logged.has(why)) return;
    logged.add(why);
    const message = `The event store does not answer; see ${place.url}/health. ${why}`;
    logToStderr({ level: 'warn', code: 'EVENT_STORE_UNAVAILABLE', message });
  };
  while (!signal.aborted) {
    try {
      const here = readSettings(undefined, { port: place.port });
      return await openPledgeContext(here, 'serve', { threaded: true, waiting: { signal, onRetry }, finding });
    } catch (error) {
      if (!(error instanceof Rejection && error.code === 'EVENT_STORE_UNAVAILABLE')) throw error;
    }
  }
  return undefined;
}

export const serveCommand = new Command('serve')
  .description('serve the API on PLEDGE_HOST:PLEDGE_PORT')
  .option(
    '--accept-older-log',
    'for this start: accept an event store that has lost acknowledged events (docs/backups.md)',
  )
  .action((options: ServeOptions) => serve(options));
