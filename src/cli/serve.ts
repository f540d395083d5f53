import { Command } from 'commander';
import { type DevelopmentKey } from '../auth/development-key.js';
import { expectIdentity, readSettings } from '../config/settings.js';
import { openLedger } from '../ledger.js';

/** Resolves when the process is asked to stop. */
export const stopSignal = (): Promise<string> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve(signal);
      });
    }
  });

/** Serves until the process is asked to stop. */
export async function serve(): Promise<void> {
  const stopped = stopSignal();
  const settings = readSettings();
  expectIdentity(settings);
  const ledger = await openLedger(settings, 'serve', { threaded: true });
  try {
    // Loaded here, for it takes a second that the other commands need not wait.
    const { startServer } = await import('../server.js');
    const server = await startServer(ledger);
    console.log(`Pledge serves on ${server.url}, data in ${settings.data}

  ${server.url}/graphql   the API; with a browser, GraphiQL to try it in
  ${server.url}/health    whether all is well

${keyInWords(server.url, server.developmentKey)}No tickets yet? Stop it, «./pledge sample | ./pledge import -», and start again. The tour is in README.md.`);
    await stopped;
    await server.close();
  } finally {
    await ledger.close();
  }
}

/** How to get in; the key itself is shown when it is made, and never again. */
function keyInWords(url: string, key: DevelopmentKey | undefined): string {
  if (key === undefined) return '';
  if (!key.isNew) return `The development key is in ${key.file}.\n\n`;
  return `A development key was made, for this machine alone, and is kept in ${key.file}. With it, once:

  curl -s ${url}/graphql -H 'content-type: application/json' -H 'authorization: Bearer ${key.text}' -d '{"query":"{ slaSummary { plan metric month attainment } }"}'
  ${url}/graphql#key=${key.text}

`;
}

export const serveCommand = new Command('serve').description('serve the API on PLEDGE_HOST:PLEDGE_PORT').action(serve);
