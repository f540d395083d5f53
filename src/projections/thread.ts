import 'reflect-metadata';
import { parentPort, workerData } from 'node:worker_threads';
import { type Settings } from '../config/settings.js';
import { openProjecting } from '../ledger.js';
import { type ToThread } from './threaded-projections.js';

/** Runs the projections until it is told to stop; says how they are whenever one moves. */
async function run(port: NonNullable<typeof parentPort>): Promise<void> {
  const stop = new AbortController();
  const { projections, committed, close } = await openProjecting(workerData as Settings, (status) => {
    port.postMessage(status);
  });
  port.on('message', (message: ToThread) => {
    if (message.kind === 'stop') stop.abort();
    else if (message.kind === 'committed') committed();
    // Who waits hears of a failure by the status.
    else projections.waitFor(message.names, message.position, stop.signal).catch(() => undefined);
  });
  await projections.run(stop.signal, () => undefined).finally(close);
  port.close();
}

if (parentPort !== null) await run(parentPort);
