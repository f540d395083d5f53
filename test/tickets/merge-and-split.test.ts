import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type EventStore, type StoredEvent } from '../../src/event-sourcing/event-store.js';
import { settleDue } from '../../src/deadlines/deadline-watcher.js';
import { changeTicket } from '../../src/tickets/commands/change-ticket.js';
import { changeAndPropagate, propagateMerge } from '../../src/tickets/commands/propagate-merge.js';
import { type TicketRequest } from '../../src/tickets/commands/ticket-request.js';
import { ticketStream } from '../../src/tickets/domain/ticket-event-types.js';
import { ticketById, ticketCalled } from '../../src/tickets/queries/tickets.js';
import { newFolder } from '../support/api.js';
import { importLines, ledgerAt, open, project, say, type TestContext } from '../support/application-contexts.js';
import { withAppend } from '../support/stores.js';
import { turnsWithin } from '../support/turns.js';

const at = (text: string) => Date.parse(`2026-03-${text}Z`);
const actor = { id: 'mia', kind: 'person' } as const;
const merge = (into: string) => ({ type: 'MergeTicket', into }) as const;
const split = (into: string) => ({ type: 'SplitTicket', into, messageAt: at('02T11:00:00') }) as const;

describe('merging and splitting', () => {
  let folder: string;
  let context: TestContext;
  beforeEach(async () => {
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
    folder = newFolder();
    context = await ledgerAt('2026-03-02T14:00:00Z', folder);
    await open(context, 'old', 'pro', '2026-03-02T10:00:00Z');
    await say(context, 'old', { type: 'RecordCustomerReply' }, '2026-03-02T11:00:00Z');
    await open(context, 'new', 'pro', '2026-03-02T13:00:00Z');
  });
  afterEach(async () => {
    await context.close();
    rmSync(folder, { recursive: true });
    jest.restoreAllMocks();
  });

  const request = (command: TicketRequest['command']): TicketRequest => ({ command, actor, mayBackdate: false });
  /** What became of an order, by the code of its refusal where there was one. */
  async function ask(ticket: string, command: TicketRequest['command'], store: EventStore = context.store, key = {}) {
    const { outcomes } = await changeAndPropagate(
      { ...context, store },
      ticket,
      [{ ...request(command), ...key }],
      'everyone',
    );
    return outcomes.map((outcome) => (outcome.kind === 'rejected' ? outcome.rejection.code : outcome.kind));
  }
  async function eventsOf(ticket: string): Promise<readonly StoredEvent[]> {
    const events: StoredEvent[] = [];
    for await (const event of context.store.readStream(ticketStream(ticket))) events.push(event);
    return events;
  }
  const typesOf = async (ticket: string) => (await eventsOf(ticket)).map(({ type }) => type);
  const viewOf = async (ticket: string) => {
    const db = context.readers.here('everyone');
    return (await ticketById(db, ticket)) ?? ticketCalled(db, ticket);
  };
  /** When the first response of a ticket is due, as readers are told. */
  async function dueOf(ticket: string) {
    await project(context);
    const view = await viewOf(ticket);
    return view?.clocks().map(({ state, dueAt }) => `${state} ${new Date(dueAt ?? 0).toISOString().slice(8, 16)}`);
  }
  /** Has the policy do what it finds to do, until it finds no more; says for which tickets it did. */
  async function propagateDue() {
    const { mergePropagations } = context.work;
    const told: string[] = [];
    const settle = (ticket: string) => {
      told.push(ticket);
      return mergePropagations.settle(ticket);
    };
    await project(context);
    const deadlines = { ...mergePropagations.deadlines, refreshed: () => project(context) };
    await settleDue({ ...mergePropagations, settle, deadlines }, new AbortController().signal);
    return told;
  }

  /** A store that counts what is read of streams, and which are appended to. */
  function counted() {
    const { store } = context;
    const appended: string[] = [];
    let read = 0;
    const counting: EventStore = {
      ...{ logId: store.logId, lastPosition: () => store.lastPosition(), markAt: (at) => store.markAt(at) },
      ...{ readAll: (options) => store.readAll(options), subscribe: (options) => store.subscribe(options) },
      append: (stream, ...rest) => {
        appended.push(stream);
        return store.append(stream, ...rest);
      },
      async *readStream(...given) {
        for await (const event of store.readStream(...given)) {
          read += 1;
          yield event;
        }
      },
    };
    return { store: counting, appended, read: () => read };
  }

  it('reads of the ticket that goes on only what is new, however many are merged into it', async () => {
    for (let n = 0; n < 60; n++) await open(context, `T-${n}`, 'pro', '2026-03-02T13:00:00Z');
    const { store, read } = counted();
    for (let n = 0; n < 60; n++) expect(await ask(`T-${n}`, merge('old'), store)).toEqual(['recorded']);
    expect(read()).toBeLessThan(60 * 10);
  });

  it('tells of what is split off once, however much was split off before', async () => {
    const { store, appended, read } = counted();
    for (let n = 0; n < 60; n++) expect(await ask('old', split(`part-${n}`), store)).toEqual(['recorded']);
    expect(appended).toHaveLength(60 * 2);
    expect(read()).toBeLessThan(60 * 10);
  });

  it('tells the other ticket at once, and is then done', async () => {
    expect(await ask('old', merge('new'))).toEqual(['recorded']);
    expect(await dueOf('new')).toEqual(['running 03T10:00']);
    expect(await dueOf('old')).toEqual(['cancelled 03T10:00']);
    expect(await propagateDue()).toEqual([]);
    const view = await viewOf('new');
    expect([...(view?.received.keys() ?? [])]).toEqual(['old']);
  });

  it('opens the new ticket at once, and is then done', async () => {
    expect(await ask('old', split('part'))).toEqual(['recorded']);
    expect(await dueOf('part')).toEqual(['running 03T11:00']);
    expect(await propagateDue()).toEqual([]);
    expect((await viewOf('part'))?.splitFrom).toBe('old');
    expect(await ask('old', split('part'))).toEqual(['alreadySo']);
  });

  describe.each([
    ['a merge', merge('new'), 'new', 'running 03T10:00'],
    ['a split', split('part'), 'part', 'running 03T11:00'],
  ] as const)('%s that was interrupted', (_, command, other, due) => {
    it('before anything was recorded was never done', async () => {
      const down = withAppend(context.store, () => () => Promise.reject(new Error('down')));
      await expect(ask('old', command, down)).rejects.toThrow('down');
      expect(await propagateDue()).toEqual([]);
    });

    it.each(['before the other ticket was told', 'after it was told, before anybody knew'])(
      '%s, is gone on with after a restart, once',
      async (when) => {
        let isFirst = true;
        const crashing = withAppend(context.store, (append) => async (...given) => {
          const isLost = !isFirst;
          isFirst = false;
          if (isLost && when.startsWith('before')) throw new Error('down');
          const appended = await append(...given);
          if (isLost) throw new Error('down');
          return appended;
        });
        expect(await ask('old', command, crashing)).toEqual(['recorded']);
        const told = when.startsWith('before') ? [] : ['there'];
        expect((await typesOf(other)).includes(command.type === 'MergeTicket' ? 'MergeReceived' : 'TicketOpened')).toBe(
          told.length > 0,
        );
        await context.close();
        context = await ledgerAt('2026-03-02T15:00:00Z', folder);
        expect(await propagateDue()).toEqual(told.length > 0 ? [] : ['old']);
        expect(await dueOf(other)).toEqual([due]);
        const before = await context.store.lastPosition();
        await propagateMerge(context, 'old');
        expect(await context.store.lastPosition()).toBe(before);
      },
    );
  });

  it('corrects what it told by a late reply to the ticket that was merged', async () => {
    await ask('old', merge('new'));
    context.time.moveTo(at('02T15:00:00'));
    await say(context, 'old', { type: 'RecordFirstResponse' }, '2026-03-02T12:00:00Z');
    expect(await propagateDue()).toEqual(['old']);
    expect(await dueOf('new')).toEqual(['running 03T13:00']);
    expect(await dueOf('old')).toEqual(['met 03T10:00']);
    expect(await propagateDue()).toEqual([]);
  });

  it('goes down a chain: what a merged ticket hears, it hands on', async () => {
    await open(context, 'last', 'pro', '2026-03-02T13:30:00Z');
    await ask('new', merge('last'));
    expect(await ask('old', merge('new'))).toEqual(['TICKET_MERGED']);
    expect(await ask('old', merge('last'))).toEqual(['recorded']);
    expect(await dueOf('last')).toEqual(['running 03T10:00']);
    context.time.moveTo(at('02T15:00:00'));
    await open(context, 'oldest', 'pro', '2026-03-02T09:00:00Z');
    await say(context, 'oldest', merge('old'), '2026-03-02T13:59:00Z'); // before that one was merged itself
    expect(await dueOf('last')).toEqual(['running 03T10:00']);
  });

  it('refuses itself, a circle, another customer, a ticket that is not there or not yet open, and one that was cancelled', async () => {
    expect(await ask('old', merge('old'))).toEqual(['MERGE_INTO_ITSELF']);
    expect(await ask('old', merge('nobody'))).toEqual(['TICKET_NOT_FOUND']);
    const bug = { ticketType: 'productBug', channel: 'email', subject: 'It broke' } as const;
    await say(context, 'other', { type: 'OpenTicket', customer: 'globex', plan: 'pro', ...bug });
    expect(await ask('old', merge('other'))).toEqual(['MERGE_ACROSS_CUSTOMERS']);
    await open(context, 'spam');
    await say(context, 'spam', { type: 'CancelTicket', reason: 'spam' });
    expect(await ask('old', merge('spam'))).toEqual(['TICKET_CANCELLED']);
    const { outcomes } = await say(context, 'old', merge('new'), '2026-03-02T12:00:00Z');
    expect(outcomes).toMatchObject([{ rejection: { code: 'OCCURRED_BEFORE_OPENING' } }]);
    expect(await ask('old', split('new'))).toEqual(['TICKET_EXISTS']);
    expect(await ask('old', merge('new'))).toEqual(['recorded']);
    expect(await ask('old', merge('new'))).toEqual(['alreadySo']);
    expect(await ask('new', merge('old'))).toEqual(['MERGE_CYCLE']);
    await open(context, 'third');
    await ask('new', merge('third'));
    expect(await ask('third', merge('old'))).toEqual(['MERGE_CYCLE']);
  });

  it('again under the same key is already so, whatever became of either ticket since', async () => {
    const key = { idempotencyKey: 'k1' };
    const again = () => ask('old', split('part'), context.store, key);
    expect(await again()).toEqual(['recorded']);
    await say(context, 'old', { type: 'CancelTicket', reason: 'spam' }, '2026-03-02T13:30:00Z'); // before the split
    expect(await again()).toEqual(['alreadySo']);
    expect(await ask('old', split('part'))).toEqual(['TICKET_CANCELLED']);
  });

  it('into what was split off from it is told of too, if it was interrupted', async () => {
    await ask('old', split('part'));
    await say(context, 'old', merge('part'));
    expect(await propagateDue()).toEqual(['old']);
    expect(await dueOf('part')).toEqual(['running 03T10:00']);
    expect(await propagateDue()).toEqual([]);
  });

  it('that is said again opens what an interrupted one did not, whatever has fallen due meanwhile', async () => {
    await changeTicket(context, 'old', [request({ type: 'PauseTicket', reason: 'onHold', until: at('02T15:00:00') })]);
    await changeTicket(context, 'old', [request(split('other'))]);
    expect(await typesOf('other')).toEqual([]);
    context.time.moveTo(at('02T16:00:00'));
    expect(await ask('old', split('other'))).toEqual(['recorded']); // the end of the wait
    expect(await typesOf('other')).toContain('TicketOpened');
  });

  it('of two tickets into each other at once lets one through', async () => {
    const both = await Promise.all([ask('old', merge('new')), ask('new', merge('old'))]);
    expect(both.flat().sort()).toEqual(['MERGE_CYCLE', 'recorded']);
  });

  it('of an imported log waits until the import is finished; tickets merged in a circle come to rest', async () => {
    const line = (event: string, ticket: string, time: string, more: object) =>
      JSON.stringify({ event, ticket, occurredAt: `2026-03-02T${time}:00Z`, actor: { id: 'mia' }, ...more });
    const opening = { customer: 'acme', plan: 'pro', type: 'productBug', channel: 'email', subject: 'It broke' };
    const { log, counts, rejected } = await importLines(context, [
      line('TicketOpened', 'A', '09:00', opening),
      line('CustomerReplied', 'A', '09:30', {}),
      line('TicketOpened', 'B', '12:00', opening),
      line('TicketSplit', 'A', '12:30', { into: 'C', messageAt: '2026-03-02T09:30:00Z', subject: 'Other' }),
      line('TicketMerged', 'A', '13:00', { into: 'B' }),
      line('TicketOpened', 'D', '09:00', opening),
      line('TicketSplit', 'D', '13:00', { into: 'E', messageAt: '2026-03-02T09:00:00Z' }),
      line('TicketMerged', 'D', '13:10', { into: 'E' }),
      line('TicketMerged', 'B', '13:30', { into: 'A' }),
      line('CustomerReplied', 'A', '13:40', {}),
    ]);
    expect(rejected).toMatchObject([{ line: 10, code: 'TICKET_MERGED' }]);
    expect(await propagateDue()).toEqual([]);
    await log.finish(counts);
    expect((await propagateDue()).length).toBeLessThan(10); // each hears of the other
    expect(await propagateDue()).toEqual([]);
    expect(await dueOf('A')).toEqual(['cancelled 03T09:00']);
    expect(await dueOf('B')).toEqual(['cancelled 03T09:00']);
    expect(await dueOf('C')).toEqual(['running 03T09:30']);
    expect(await dueOf('E')).toEqual(['running 03T09:00']);
    const view = await viewOf('E');
    expect([...(view?.received.values() ?? [])]).toMatchObject([{ unansweredSince: at('02T09:00:00') }]);
  });

  it('into a ticket that was opened by somebody else meanwhile is told of, and left to people', async () => {
    const down = withAppend(context.store, (append) => {
      let appends = 0;
      return (...given) => ((appends += 1) === 2 ? Promise.reject(new Error('down')) : append(...given));
    });
    await ask('old', split('part'), down);
    await open(context, 'part', 'pro', '2026-03-02T10:30:00Z');
    await say(context, 'old', split('other'));
    await say(context, 'old', merge('new'));
    await propagateDue();
    expect([await dueOf('other'), await dueOf('new')]).toEqual([['running 03T11:00'], ['running 03T10:00']]);
    const stuck = await context.work.mergePropagations.stuck.all();
    expect(stuck).toMatchObject([{ ticket: 'old', tries: 1, error: expect.stringContaining('already exists') }]);
  });

  it('goes through the facts of a long ticket in turns with others', async () => {
    const notes = Array.from({ length: 400 }, (_, i) => request({ type: 'AddInternalNote', text: `note ${i}` }));
    await changeTicket(context, 'new', notes);
    let now = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => (now += 1)); // each look at a fact takes long
    const turns = await turnsWithin(async () => {
      expect(await ask('old', merge('new'))).toEqual(['recorded']);
    });
    expect(turns).toBeGreaterThan(notes.length / 8);
  });

  it('of two customers into one new ticket happen one after the other: the second is refused', async () => {
    const bug = { ticketType: 'productBug', channel: 'email', subject: 'It broke' } as const;
    await say(context, 'g-old', { type: 'OpenTicket', customer: 'globex', ...bug }, '2026-03-02T10:00:00Z');
    await say(context, 'g-old', { type: 'RecordCustomerReply' }, '2026-03-02T11:00:00Z');
    const both = await Promise.all([ask('old', split('part')), ask('g-old', split('part'))]);
    expect(both.flat().sort()).toEqual(['TICKET_EXISTS', 'recorded']);
  });

  it('waits for that of the same customer alone', async () => {
    const bug = { ticketType: 'productBug', channel: 'email', subject: 'It broke' } as const;
    for (const id of ['g-old', 'g-new']) await say(context, id, { type: 'OpenTicket', customer: 'globex', ...bug });
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const holding: EventStore = {
      ...withAppend(context.store, (append) => append),
      async *readStream(stream, options) {
        if (stream === ticketStream('new')) await held;
        yield* context.store.readStream(stream, options);
      },
    };
    const order: string[] = [];
    const first = ask('old', merge('new'), holding).then(() => order.push('old'));
    const second = ask('new', { type: 'MergeTicket', into: 'old' }).then(([code = '']) => order.push(code));
    expect(await ask('g-old', merge('g-new'))).toEqual(['recorded']);
    expect(order).toEqual([]);
    goOn();
    await Promise.all([first, second]);
    expect(order).toEqual(['old', 'MERGE_CYCLE']);
  });
});
