import { Command } from 'commander';
import { copyLog, verifyCopy } from '../event-sourcing/copy-log.js';
import { openStoredLog, type StoredLog } from '../app/open-event-store.js';
import { print } from './print.js';
import { progressOn } from './progress-bar.js';
import { stopSignal } from './serve-command.js';
import { settingsHere } from './settings-here.js';

interface Options {
  readonly from: string;
  readonly to: string;
}

export const copyCommand = new Command('copy')
  .description('copy all events to another event store and compare both; you may stop it and run it again')
  .requiredOption(
    '--from <log>',
    'the event store to read: a data folder, sqlite:FOLDER, esdb://… for EventStoreDB, or env:NAME for the value of a variable',
  )
  .requiredOption('--to <log>', 'the event store to write, as above: empty, or with the first events of the other')
  .action(async ({ from, to }: Options) => {
    process.title = 'pledge copy'; // lists of processes show it in place of the arguments
    const { eventStorePasswordFile: passwordFile, eventStoreCaFile: caFile } = settingsHere();
    const files = { passwordFile, caFile };
    const stop = new AbortController();
    void stopSignal().then(() => {
      stop.abort();
    });
    const source = await openStoredLog(from, 'read', files);
    try {
      const target = await openStoredLog(to, 'write', files);
      try {
        await copy(source, target, stop.signal);
      } finally {
        await target.close();
      }
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
    print(`Stopped; run it again to continue. The copy has ${events} events.`);
    process.exitCode = 130;
    return;
  }
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  print(
    `Copied ${events - before} events in ${seconds} s; ${before} were copied before.`,
    `Compared: ${events} events in ${streams} streams are the same in both, in the same sequence.`,
  );
}
