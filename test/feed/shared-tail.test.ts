import { describe, expect, it } from '@jest/globals';
import {
  type EventStore,
  type Position,
  type StoredEvent,
  type SubscriptionMessage,
} from '../../src/event-sourcing/event-store.js';
import { Feed, type FeedOptions } from '../../src/feed/feed.js';
import { ManualClock } from '../support/manual-clock.js';

const at = (n: number): Position => String(n).padStart(4, '0');
const breach = (n: number, more: object = {}): SubscriptionMessage => ({
  kind: 'event',
  event: {
    ...{ id: `e${n}`, type: 'SlaBreached', stream: 'ticket-T', revision: n, position: at(n) },
    data: { customer: 'acme', ticket: 'T', historic: false, terms: { plan: { code: 'pro' } }, ...more },
  } as StoredEvent,
});
const caughtUp = (n: number): SubscriptionMessage => ({ kind: 'caughtUp', position: at(n) });

/** Messages that a test lets come, one after the other. */
class Line {
  private readonly waiting: (SubscriptionMessage | Error)[] = [];
  private wake: () => void = () => undefined;

  say(...messages: readonly (SubscriptionMessage | Error)[]): void {
    this.waiting.push(...messages);
    this.wake();
  }

  async *read(signal: AbortSignal): AsyncGenerator<SubscriptionMessage, void, undefined> {
    while (!signal.aborted) {
      const next = this.waiting.shift();
      if (next instanceof Error) throw next;
      if (next !== undefined) yield next;
      else
        await new Promise<void>((resolve) => {
          this.wake = resolve;
          signal.addEventListener('abort', () => {
            resolve();
          });
        });
    }
  }
}

/** A feed over a log whose followers hear what a test says: the first is the tail, unless nobody shares it yet. */
function feedOf(...lines: readonly Line[]) {
  const left = [...lines];
  const store = {
    lastPosition: () => Promise.resolve(at(0)),
    subscribe: ({ signal }: { readonly signal: AbortSignal }) => (left.shift() ?? new Line()).read(signal),
  } as unknown as EventStore;
  const feed = new Feed({ store, time: new ManualClock(0), heartbeatMs: 3_600_000 });
  const stop = new AbortController();
  const listen = (options: Partial<FeedOptions> = {}) =>
    feed.listen({ scope: 'everyone', signal: stop.signal, ...options });
  return { listen, stop };
}

/** The ids of the next events of a listener. */
async function next(messages: ReturnType<Feed['listen']>, count: number): Promise<readonly string[]> {
  const heard: string[] = [];
  while (heard.length < count) {
    const { value, done } = await messages.next();
    if (done === true) break;
    if (value.kind === 'event') heard.push(value.event.id);
  }
  return heard;
}

describe('who listens to the feed', () => {
  it('hears an event once that it has read in the log, and that the tail comes to later', async () => {
    const [tail, log] = [new Line(), new Line()];
    const { listen, stop } = feedOf(tail, log);
    log.say(breach(1), breach(2), caughtUp(2));
    const messages = listen({ after: at(-1) });
    expect(await next(messages, 2)).toEqual(['e1', 'e2']);
    expect(await messages.next()).toMatchObject({ value: { kind: 'heartbeat', position: at(2) } }); // live from here on
    const more = next(messages, 1);
    tail.say(breach(1), breach(2), breach(3), caughtUp(3));
    expect(await more).toEqual(['e3']);
    stop.abort();
  });

  it('hears what happens to its own customers alone, missed or live', async () => {
    const [tail, log] = [new Line(), new Line()];
    const { listen, stop } = feedOf(tail, log);
    log.say(breach(1, { customer: 'globex' }), breach(2), caughtUp(2));
    const messages = listen({ after: at(-1), scope: new Set(['acme']) });
    expect(await next(messages, 1)).toEqual(['e2']);
    const more = next(messages, 1);
    tail.say(breach(3, { customer: 'globex' }), breach(4), caughtUp(4));
    expect(await more).toEqual(['e4']);
    stop.abort();
  });

  it('joins no tail that has failed, though others have not left it yet', async () => {
    const [failing, sound] = [new Line(), new Line()];
    const { listen, stop } = feedOf(failing, sound);
    const [idle, first] = [listen(), listen()];
    for (const messages of [idle, first]) await messages.next(); // a heartbeat: it has joined
    failing.say(new Error('the log is gone'));
    await expect(first.next()).rejects.toThrow('the log is gone');
    const late = listen();
    await late.next();
    sound.say(breach(1), caughtUp(1));
    expect(await next(late, 1)).toEqual(['e1']);
    stop.abort();
  });

  it('is handed the first of many events while the rest still come', async () => {
    const tail = new Line();
    const { listen, stop } = feedOf(tail);
    const messages = listen();
    await messages.next();
    const heard = next(messages, 32);
    tail.say(...Array.from({ length: 40 }, (_, n) => breach(n + 1))); // and nothing says that this was all
    expect((await heard).length).toBe(32);
    stop.abort();
  });
});
