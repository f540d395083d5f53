import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { historyPart, type HistoryQuestion, wholeHistory } from '../../src/audit/history.js';
import { type ReplayQuestion, replayTicket } from '../../src/audit/replay.js';
import { type EventStore, type ReadStreamOptions, type StoredEvent } from '../../src/event-sourcing/event-store.js';
import { changeTicket } from '../../src/tickets/commands/change-ticket.js';
import { type TicketRequest } from '../../src/tickets/commands/ticket-request.js';
import { ticketStream } from '../../src/tickets/domain/ticket-event-types.js';
import { noticesBetween } from '../../src/tickets/kept-notices.js';
import { newFolder } from '../support/api.js';
import { ledgerAt, open, project, say, type TestContext } from '../support/application-contexts.js';
import { withAppend } from '../support/stores.js';

const now = '2026-03-02T09:00:00Z';
const goOn = () => undefined;

/** A store that counts: reads of streams, and events that came of them. */
function counting(store: EventStore) {
  const counts = { reads: 0, events: 0 };
  const counted: EventStore = {
    ...withAppend(store, (append) => append),
    async *readStream(stream: string, options?: ReadStreamOptions) {
      counts.reads += 1;
      for await (const event of store.readStream(stream, options)) {
        counts.events += 1;
        yield event;
      }
    },
  };
  return { counts, store: counted };
}

/** Puts many notes on a ticket, as a mail loop would in some days. */
async function addNotes({ store }: TestContext, id: string, notes: number): Promise<void> {
  const stream = ticketStream(id);
  const events: StoredEvent[] = [];
  for await (const event of store.readStream(stream)) events.push(event);
  const last = events.at(-1);
  if (last?.type !== 'InternalNoteAdded') throw new Error('the last event is to be a note');
  const { type, data, metadata } = last;
  for (let done = 0; done < notes; done += 5_000) {
    const more = Array.from({ length: 5_000 }, () => ({ id: randomUUID(), type, data, metadata }));
    await store.append(stream, last.revision + done, more);
  }
}

describe('the history of a ticket', () => {
  let folder: string;
  let context: TestContext;
  let length = 0;
  beforeAll(async () => {
    folder = newFolder();
    context = await ledgerAt(now, folder);
    await open(context, 'long');
    await say(context, 'long', { type: 'AddInternalNote', text: 'hm' });
    await addNotes(context, 'long', 50_000);
    for await (const { revision } of context.store.readStream(ticketStream('long'))) length = revision + 1;
  });
  afterAll(async () => {
    await context.close();
    rmSync(folder, { recursive: true });
  });

  const question = { id: 'long', scope: 'everyone', from: 0, limit: 2 } as const satisfies HistoryQuestion;

  it.each([
    ['at its beginning', () => 0],
    ['in its midst', () => 30_000],
    ['near its end', () => length - 2],
  ])('reads a page %s, and nothing else, however long it is', async (_, from) => {
    const { counts, store } = counting(context.store);
    const rows = await historyPart(store, { ...question, from: from() }, goOn);
    expect(rows.map(({ revision }) => revision)).toEqual([from(), from() + 1]);
    expect(counts).toEqual({ reads: 1, events: 2 });
    const limited = counting(context.store);
    await historyPart(limited.store, { ...question, scope: new Set(['acme']), from: from() }, goOn);
    expect(limited.counts).toEqual({ reads: 2, events: 3 });
  });

  it('beyond its end is empty', async () => {
    expect(await historyPart(context.store, { ...question, from: length }, goOn)).toEqual([]);
  });

  it('ends between events where nobody waits for it any more', async () => {
    const gone = () => {
      throw new Error('gone');
    };
    const { counts, store } = counting(context.store);
    await expect(historyPart(store, { ...question, limit: 200 }, gone)).rejects.toThrow('gone');
    expect(counts.events).toBe(1);
  });

  const scope = new Set(['globex']);
  const asking: readonly (readonly [string, (store: EventStore, id: string) => Promise<unknown>])[] = [
    ['its history', (store, id) => historyPart(store, { ...question, scope, id }, goOn)],
    ['a later part of it', (store, id) => historyPart(store, { ...question, scope, id, from: 40_000 }, goOn)],
    [
      'how it stood',
      (store, id) => {
        const then: ReplayQuestion = { scope, id, occurredBy: Date.parse(now), recordedBy: Infinity };
        return replayTicket({ store, catalogue: context.catalogue }, then, goOn);
      },
    ],
  ];
  it.each(asking)('is one look of one event for who may not see it, as where none is there: %s', async (_, ask) => {
    const [theirs, nobodys] = [counting(context.store), counting(context.store)];
    expect(await ask(theirs.store, 'long')).toEqual(await ask(nobodys.store, 'none'));
    expect(theirs.counts).toEqual({ reads: 1, events: 1 });
    expect(nobodys.counts).toEqual({ reads: 1, events: 0 });
  });
});

const sayAsProgram = (context: TestContext, ticket: string, command: TicketRequest['command']) =>
  changeTicket(context, ticket, [{ command, actor: { id: 'bot', kind: 'automatic' }, mayBackdate: true }]);

describe('the notices of a history', () => {
  it('are those of all facts, whichever part is asked for', async () => {
    const folder = newFolder();
    const context = await ledgerAt(now, folder);
    await open(context, 'T-1', 'pro', '2026-03-02T08:00:00Z');
    for (let i = 0; i < 150; i++) {
      await say(context, 'T-1', { type: 'AddInternalNote', text: 'hm' });
      await say(context, 'T-1', { type: 'AssignTicket', assignee: i % 3 === 0 ? 'mia' : 'ben', team: null });
    }
    await say(context, 'T-1', { type: 'PauseTicket', reason: 'onHold' }); // the first response goes on
    await sayAsProgram(context, 'T-1', { type: 'RecordFirstResponse' });
    await say(context, 'T-1', { type: 'CancelTicket', reason: 'spam' }, '2026-03-02T08:59:59Z'); // what follows has no effect
    await open(context, 'T-2', 'pro', '2026-03-02T08:00:00Z');
    await say(context, 'T-2', { type: 'PauseTicket', reason: 'onHold' });
    await sayAsProgram(context, 'T-2', { type: 'RecordCustomerReply' });
    await say(context, 'T-2', { type: 'AssignTicket', assignee: 'mia', team: null }, '2026-03-02T08:30:00Z'); // all is told anew
    await project(context);
    const noticesOf = async (id: string) => {
      const all = new Map<number, readonly string[]>();
      for await (const { event, notices } of wholeHistory(context, id))
        if (notices.length > 0) all.set(event.revision, notices);
      return all;
    };
    const all = await noticesOf('T-1');
    expect(all.size).toBeGreaterThan(90);
    const others = await noticesOf('T-2');
    expect([...others.values()]).toEqual([['pausesNothing'], ['automaticMessage']]);

    const db = context.readers.here('everyone');
    expect(await noticesBetween(db, 'T-1', 0, 1_000)).toEqual(all);
    expect(await noticesBetween(db, 'T-2', 0, 1_000)).toEqual(others);
    for (const [first, last] of [
      [0, 0],
      [120, 135],
      [250, 400],
    ] as const) {
      const found = await noticesBetween(db, 'T-1', first, last);
      for (let revision = first; revision <= last; revision++) expect(found.get(revision)).toEqual(all.get(revision));
    }
    await context.close();
    rmSync(folder, { recursive: true });
  });
});
