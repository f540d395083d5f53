import { rmSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Settings } from '../config/settings.js';
import { type EventStore } from '../event-sourcing/event-store.js';
import { type Finding, logIsOlder, standingOf } from '../event-sourcing/standing.js';
import { type filesOf } from '../event-store/sqlite/data-folder.js';
import { readLastSeen } from '../event-store/last-seen.js';

type Files = ReturnType<typeof filesOf>;

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/**
 * No new log is made where the rest of a folder was built from one: most likely a volume is not there, or a file was lost.
 * @throws Rejection `LOG_OLDER`
 */
export function expectLog({ eventStoreUrl }: Settings, files: Files, { acceptsOlderLog, report }: Finding): void {
  const { eventsFile, readModelsFile, webhookFiles, leasesFile, lastSeenFile } = files;
  if (eventStoreUrl !== null || sizeOf(eventsFile) > 0) return;
  const others = [readModelsFile, webhookFiles.outbox, webhookFiles.key, leasesFile, lastSeenFile, `${eventsFile}-wal`]
    .filter((file) => sizeOf(file) > 0)
    .map((file) => basename(file));
  if (others.length === 0) return;
  const why = `${eventsFile} is missing or empty`;
  if (!acceptsOlderLog) throw logIsOlder(others.join(', '), why);
  rmSync(`${eventsFile}-wal`, { force: true });
  report(`A new event store is created: ${why}.`);
}

/**
 * What was acknowledged is in the log.
 * @throws Rejection `LOG_OLDER`
 */
export async function expectAllThatWasSeen(
  { lastSeenFile }: Files,
  store: EventStore,
  { acceptsOlderLog, report }: Finding,
): Promise<void> {
  const seen = readLastSeen(lastSeenFile);
  if (seen === undefined) return;
  const standing = await standingOf(store, [seen]);
  if (standing.kind !== 'older') return;
  if (!acceptsOlderLog) throw logIsOlder(basename(lastSeenFile), standing.why);
  writeFileSync(lastSeenFile, ''); // in place: the writer of the log has it open
  report(`The event store is older than the data folder, and this start accepts it: ${standing.why}.`);
}
