import { type EventStore, type ReadAllOptions, type StoredEvent } from '../../src/event-sourcing/event-store.js';

/**
 * A store as if its log were empty, on a server that holds other events: its streams have a prefix of their own, and its
 * log begins where the server's ended.
 */
export async function asIfEmpty(store: EventStore, prefix: string): Promise<EventStore> {
  const begin = await store.lastPosition();
  const named = (event: StoredEvent): StoredEvent => ({ ...event, stream: event.stream.slice(prefix.length) });
  const isOwn = ({ stream }: StoredEvent) => stream.startsWith(prefix);
  const from = (options?: ReadAllOptions) => ({ after: begin, ...options });
  return {
    logId: store.logId,
    append: (stream, expected, events) =>
      store.append(prefix + stream, expected, events).catch((error: unknown) => {
        if (error instanceof Error && 'stream' in error) Object.assign(error, { stream });
        throw error;
      }),
    async *readStream(stream, options) {
      for await (const event of store.readStream(prefix + stream, options)) yield named(event);
    },
    async *readAll(options) {
      for await (const event of store.readAll(from(options))) if (isOwn(event)) yield named(event);
    },
    async *subscribe(options) {
      for await (const message of store.subscribe(from(options))) {
        if (message.kind === 'caughtUp') yield message;
        else if (isOwn(message.event)) yield { kind: 'event', event: named(message.event) };
      }
    },
    lastPosition: () => store.lastPosition(),
    markAt: (position) => store.markAt(position),
  };
}
