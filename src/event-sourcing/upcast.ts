import { type StoredEvent } from './event-store.js';
import { Rejection } from './rejection.js';

/** Makes of what an event of one version says what the next version of its type would say. */
export type Upcaster = (data: unknown) => unknown;

/** For each type of event what leads from each of its versions to the next; a type that never changed has none. */
export type Upcasters = Readonly<Record<string, readonly Upcaster[]>>;

/** The newest version of a type of event; undefined for a type that nobody knows. */
export function newestVersion(upcasters: Upcasters, type: string): number | undefined {
  const steps = Object.hasOwn(upcasters, type) ? upcasters[type] : undefined;
  return steps === undefined ? undefined : 1 + steps.length;
}

/** Reads events as the newest versions of their types say. Types that nobody knows are left as they are. */
export function upcasting(upcasters: Upcasters): (event: StoredEvent) => StoredEvent {
  const newestOf = new Map(Object.keys(upcasters).map((type) => [type, newestVersion(upcasters, type)]));
  return (event) => {
    const { type, metadata } = event;
    const newest = newestOf.get(type);
    if (newest === undefined || metadata.schemaVersion === newest) return event;
    if (metadata.schemaVersion > newest) {
      throw new Rejection(
        'EVENT_FROM_NEWER_VERSION',
        `Event ${event.id} in ${event.stream} is a ${type} of version ${metadata.schemaVersion}; this version knows ${newest}.`,
      );
    }
    const data = upcasters[type]?.slice(metadata.schemaVersion - 1).reduce((before, step) => step(before), event.data);
    return { ...event, data, metadata: { ...metadata, schemaVersion: newest } };
  };
}
