import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './target.js';

/** Where the events are, beside the server that is killed. */
export interface Store {
  /** What the server is told of it. */
  readonly env: NodeJS.ProcessEnv;
  readonly stop: () => Promise<void>;
}

/** In the data folder itself. */
export const sqlite = (): Promise<Store> => Promise.resolve({ env: {}, stop: () => Promise.resolve() });

/** A node that speaks EventStoreDB's protocol, in a process of its own that outlives every kill. */
export async function eventStoreDb(): Promise<Store> {
  const port = await freePort();
  const program = ['--import', './test/support/typescript.mjs', 'test/support/eventstoredb/try.ts', String(port)];
  const node = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'ignore'] });
  let printed = '';
  node.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  while (!printed.includes('EVENT_STORE_URL=')) {
    if (node.exitCode !== null) throw new Error(`the event store ended with ${node.exitCode}`);
    await sleep(20);
  }
  const url = /EVENT_STORE_URL='([^']+)'/.exec(printed)?.[1] ?? '';
  const stop = async () => {
    const closed = once(node, 'close');
    node.kill('SIGKILL'); // all that it has is in memory
    await closed;
  };
  return { env: { EVENT_STORE_URL: url }, stop };
}
