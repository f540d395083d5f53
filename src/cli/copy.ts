import { Command } from 'commander';
import { readSettings } from '../config/settings.js';
import { copyLog, verifyCopy } from '../event-sourcing/copy-log.js';
import { openStoredLog, type StoredLog } from '../app/open-event-store.js';
import { print } from './print.js';
import { progressOn } from './progress.js';
import { stopSignal } from './serve.js';

interface Options {
  readonly from: string;
  readonly to: string;
}

export const copyCommand = new Command('copy')
  .description('copy a whole log to another store, and compare the two; stopped and run again, it doubles nothing')
  .requiredOption(
    '--from <log>',
    "the log to read: a data folder, sqlite:FOLDER, EventStoreDB's esdb://…, or env:NAME for what that variable has",
  )
  .requiredOption('--to <log>', 'the log to write, as above: empty, or the beginning of the other')
  .action(async ({ from, to }: Options) => {
    process.title = 'pledge copy'; // lists of processes show it in place of the arguments
    const { eventStorePasswordFile: passwordFile, eventStoreCaFile: caFile } = readSettings();
    const files = { passwordFile, caFile };
    const stop = new AbortController();
    void stopSignal().then(() => {
      stop.abort();
    });
    const source = await openStoredLog(from, 'read', files);
    try {
      const target = await openStoredLog(to, 'write', files);
      await copy(source, target, stop.signal).finally(target.close);
    } finally {
      await source.close();
    }
  });

async function copy({ store: from }: StoredLog, { store: to, together }: StoredLog, signal: AbortSignal) {
  const began = Date.now();
  const progress = (unit: string) =>
    progressOn({ stream: process.stderr, now: () => Date.now(), unit, total: undefined });

  const copying = progress('events copied');
  const { events, before } = await copyLog(from, to, { together, signal, progressed: copying.show }).finally(
    copying.end,
  );
  const checking = progress('events compared');
  const { streams } = await verifyCopy(from, to, events, { signal, progressed: checking.show }).finally(checking.end);
  if (signal.aborted) {
    print(`Stopped; run it again to go on. ${events} events are in the copy.`);
    process.exitCode = 130;
    return;
  }
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  print(
    `Copied ${events - before} events in ${seconds} s, ${before} were there before.`,
    `Compared: ${events} events in ${streams} streams, in both the same and in the same order.`,
  );
}
