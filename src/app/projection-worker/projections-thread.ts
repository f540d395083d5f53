import 'reflect-metadata';
import { parentPort, workerData } from 'node:worker_threads';
import { giveWay } from '../give-way.js';
import { type Settings } from '../../config/settings.js';
import { type SubscriptionStatus } from '../../event-sourcing/subscription-status.js';
import { openProjectionRunner, type OpenProjectionRunner } from './open-projection-runner.js';
import { type FromThread, type ToThread } from './threaded-projections.js';

/** Runs the projections until a message says to stop; reports how they are whenever one moves. */
async function run(port: NonNullable<typeof parentPort>): Promise<void> {
  const stop = new AbortController();
  const tell = (message: FromThread) => {
    port.postMessage(message);
  };
  const subscribed = (subscription: SubscriptionStatus) => {
    tell({ kind: 'subscription', subscription });
  };
  const onRetry = (error: string) => {
    subscribed({ state: 'connecting', lag: null, reconnects: 0, error });
  };
  const opening = openProjectionRunner(workerData as Settings, {
    waiting: { signal: stop.signal, onRetry },
    subscribed,
    changed: (status) => {
      tell({ kind: 'projection', status });
    },
  });
  // Asked for before the log is open, so that a stop ends the wait for it.
  port.on('message', (message: ToThread) => {
    if (message.kind === 'stop') stop.abort();
    else
      void opening.then((projecting) => {
        take(message, projecting, stop.signal);
      }, unopened);
  });
  try {
    const { projections, close } = await opening;
    try {
      await projections.run(stop.signal, () => undefined);
    } finally {
      await close();
    }
  } catch (error) {
    // Of an error of ours, or of SQLite's, nothing but its fields would come out of the thread.
    if (!stop.signal.aborted) throw new Error(error instanceof Error ? error.message : String(error));
  }
  port.close();
}

function take(
  message: Exclude<ToThread, { kind: 'stop' }>,
  { projections, committed }: OpenProjectionRunner,
  stop: AbortSignal,
) {
  if (message.kind === 'committed') committed();
  // Who waits hears of a failure by the status.
  else projections.waitFor(message.names, message.position, stop).catch(() => undefined);
}

/** Whoever opens it hears why it could not be. */
const unopened = () => undefined;

if (parentPort !== null) {
  giveWay();
  await run(parentPort);
}
