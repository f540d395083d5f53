import { type EventStore, type Position } from './event-store.js';
import { logOlder, StorageFault } from './storage-fault.js';

/** A place in a log, as something beside the log remembers it. */
export interface Remembered {
  readonly logId: string;
  readonly position: Position;
  /** What stood there, see {@link EventStore.markAt}; null where it was not kept. */
  readonly mark: string | null;
}

type Log = Pick<EventStore, 'logId' | 'lastPosition' | 'markAt'>;

/**
 * How a log stands to what is remembered of it. `another`: it is not the log that was meant, and has events of its own, as
 * after a move. Else why it is older, for people: it has lost events, or has others in their place.
 */
export type LogStanding = { readonly kind: 'same' | 'another' } | { readonly kind: 'older'; readonly why: string };

const older = (why: string): LogStanding => ({ kind: 'older', why });

/** Compares a log with what is remembered of it. */
export async function standingOf(log: Log, remembered: readonly Remembered[]): Promise<LogStanding> {
  const end = await log.lastPosition();
  let isAnother = false;
  for (const { logId, position, mark } of remembered) {
    if (logId !== log.logId) isAnother = true;
    else if (position > end) return older(`it ends at ${end}, but had events up to ${position}`);
    else if (mark !== null && (await log.markAt(position)) !== mark)
      return older(`at ${position} it has another event than before`);
  }
  if (!isAnother) return { kind: 'same' };
  return (await log.markAt(end)) === undefined ? older('it is empty, but was not before') : { kind: 'another' };
}

/** The fault of a log that is older, where nobody has decided yet what is to be done. */
export const logIsOlder = (what: string, why: string): StorageFault =>
  new StorageFault(
    logOlder,
    `The event store does not match ${what}: ${why}. Restore the right one. If the missing events are lost for ` +
      'good, start once with "pledge serve --accept-older-log" (docs/backups.md).',
    true,
  );

/** How those who open a folder take what they find. */
export interface Finding {
  /** A person has decided to go on with a log that is older than what is known of it. */
  readonly acceptsOlderLog: boolean;
  /** Reports in a line, for people, what is made or replaced. */
  readonly report: (line: string) => void;
}

/** Reports nothing, and accepts no older log. */
export const refusing: Finding = { acceptsOlderLog: false, report: () => undefined };
