import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from '../support/fc.js';
import { times } from '../support/lengths.js';
import { type StoredEvent } from '../../src/event-sourcing/event-store.js';
import { Rejection } from '../../src/event-sourcing/rejection.js';
import { rebuildReadModels } from '../../src/app/pledge-context.js';
import { changeCalendar } from '../../src/catalogue/commands/change-calendar.js';
import { changeCustomer } from '../../src/catalogue/commands/change-customer.js';
import { changePlan } from '../../src/catalogue/commands/change-plan.js';
import { officeHours } from '../../src/catalogue/domain/built-in-plans.js';
import { settleDue, watchDeadlines } from '../../src/deadlines/deadline-watcher.js';
import { newFolder } from '../support/api.js';
import {
  importLines,
  ledgerAt,
  open,
  project,
  say,
  settingsOf,
  type TestContext,
} from '../support/application-contexts.js';
import { meant } from '../support/meant.js';

const admin = { id: 'admin', kind: 'person' } as const;
/** All of it is in March 2026, whose second is a Monday. */
const at = (text: string) => Date.parse(`2026-03-${text}Z`);
const opening = '2026-03-02T09:00:00Z';
const hour = 3_600_000;

const firstResponseIn = (amount: number) => [{ metric: 'firstResponse', target: { amount, unit: 'hours' } }] as const;

/** A plan is to promise a first response in so many hours, to tickets that are open too. */
const revise = (context: TestContext, hours: number, effectiveFrom?: number, code = 'pro') =>
  changePlan(
    context,
    {
      type: 'RevisePlan',
      code,
      changes: { targets: firstResponseIn(hours) },
      effectiveFrom,
      appliesToOpenTickets: true,
    },
    admin,
  );

/** Does all that the policy has to do now. */
async function work(context: TestContext): Promise<void> {
  const stop = new AbortController();
  const running = context.projections.run(stop.signal, () => undefined);
  const seen = async () =>
    context.projections.waitFor(['tickets', 'recalculations'], await context.store.lastPosition(), stop.signal);
  await seen();
  await settleDue(context.work.revisions, stop.signal);
  await seen();
  stop.abort();
  await running;
}

async function recorded(context: TestContext, ...types: readonly string[]): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const event of context.store.readAll({ types })) events.push(event);
  return events;
}

const ticketIn = ({ data }: StoredEvent) => (data as { readonly ticket: string }).ticket;
/** The tickets that were laid out anew, each as often as it was. */
const reached = async (context: TestContext) => (await recorded(context, 'PlanReapplied')).map(ticketIn).sort();
const deadlines = async (context: TestContext) =>
  (await recorded(context, 'SlaDeadlineMoved'))
    .map(({ data }) => {
      const { ticket, dueAt, reason } = data as { ticket: string; dueAt: number; reason: string };
      return `${ticket} ${new Date(dueAt).toISOString().slice(8, 16)} ${reason}`;
    })
    .sort();

describe('a revision that applies to open tickets', () => {
  let folder: string;
  let context: TestContext;
  beforeEach(async () => {
    folder = newFolder();
    context = await ledgerAt(opening, folder);
  });
  afterEach(async () => {
    await context.close();
    rmSync(folder, { recursive: true });
  });

  it('reaches each open ticket under an older version, once, and no other', async () => {
    for (const id of ['T-1', 'T-2', 'T-closed']) await open(context, id);
    await open(context, 'T-other', 'enterprise');
    await say(context, 'T-closed', { type: 'CloseTicket' });
    context.time.moveTo(at('02T10:00:00'));
    await revise(context, 4);
    await open(context, 'T-new');
    for (let again = 0; again < 2; again++) {
      await work(context);
      expect(await reached(context)).toEqual(['T-1', 'T-2']);
      expect(await deadlines(context)).toEqual(['T-1 02T13:00 planRevised', 'T-2 02T13:00 planRevised']);
    }
  });

  it('comes into force at its instant, for tickets too that were opened meanwhile under the old version', async () => {
    const stop = new AbortController();
    const running = [
      context.projections.run(stop.signal, () => undefined),
      watchDeadlines(context.work.revisions, stop.signal),
    ];
    await open(context, 'T-before');
    await revise(context, 4, at('02T12:00:00'));
    await context.time.asleepUntil(at('02T12:00:00'));
    context.time.moveTo(at('02T11:00:00'));
    await open(context, 'T-meanwhile');
    await open(context, 'T-gone');
    await say(context, 'T-gone', { type: 'CloseTicket' });
    expect(await reached(context)).toEqual([]);
    await revise(context, 3, at('02T15:00:00'));
    context.time.moveTo(at('02T12:00:00'));
    await context.time.asleepUntil(at('02T15:00:00'));
    stop.abort();
    await Promise.all(running);
    expect(await deadlines(context)).toEqual(['T-before 02T13:00 planRevised', 'T-meanwhile 02T15:00 planRevised']);
  });

  it('reaches a ticket that is recorded afterwards and was opened under the old version', async () => {
    context.time.moveTo(at('02T12:00:00'));
    await revise(context, 4);
    context.time.moveTo(at('02T12:30:00'));
    await open(context, 'T-late', 'pro', '2026-03-02T10:00:00Z');
    await work(context);
    expect(await deadlines(context)).toEqual(['T-late 02T14:00 planRevised']);
  });

  it('reaches a ticket that is reopened under the old version, and leaves it in peace after that', async () => {
    await open(context, 'T-1');
    await say(context, 'T-1', { type: 'CloseTicket' });
    context.time.moveTo(at('02T12:00:00'));
    await revise(context, 4);
    await work(context);
    await say(context, 'T-1', { type: 'ReopenTicket' });
    await work(context);
    expect(await reached(context)).toEqual(['T-1']);
    await say(context, 'T-1', { type: 'CloseTicket' });
    await say(context, 'T-1', { type: 'ReopenTicket' });
    await project(context);
    expect(await context.db.selectFrom('recalculations').selectAll().execute()).toEqual([]);
  });

  it('reaches a ticket that was reopened, though that it was closed before is recorded last', async () => {
    await open(context, 'T-1');
    context.time.moveTo(at('02T10:00:00'));
    await revise(context, 4);
    await say(context, 'T-1', { type: 'ResolveTicket', publicReply: false });
    context.time.moveTo(at('02T11:00:00'));
    await say(context, 'T-1', { type: 'ReopenTicket' });
    await say(context, 'T-1', { type: 'CloseTicket' }, '2026-03-02T09:30:00Z');
    await work(context);
    expect(await reached(context)).toEqual(['T-1']);
    expect(await deadlines(context)).toEqual(['T-1 02T14:30 planRevised', 'T-1 03T10:30 reopened']);
  });

  it('reaches a ticket that went on under another calendar before it, though that is recorded last', async () => {
    const definition = officeHours('UTC');
    const calendar = { code: 'own', name: 'Own', definition };
    await changeCalendar(context, { type: 'DefineCalendar', calendar }, admin);
    await open(context, 'T-1');
    context.time.moveTo(at('02T12:00:00'));
    const moved = { customer: 'acme', calendar: 'own', effectiveFrom: at('02T10:00:00') };
    const enrolment = { customer: 'acme', name: null, plan: 'pro', calendar: null, effectiveFrom: null };
    await changeCustomer(context, { type: 'EnrolCustomer', enrolment }, admin);
    await changeCustomer(context, { type: 'SetCustomerCalendar', ...moved }, admin);
    const changes = { definition: { ...definition, holidays: ['2026-03-03'] } };
    const revision = { type: 'ReviseCalendar', code: 'own', changes, effectiveFrom: undefined } as const;
    await changeCalendar(context, { ...revision, appliesToOpenTickets: true }, admin);
    await say(context, 'T-1', { type: 'ReapplyPlan' }, '2026-03-02T11:00:00Z');
    await work(context);
    expect(await reached(context)).toEqual(['T-1', 'T-1']);
    expect((await deadlines(context)).at(-1)).toBe('T-1 04T09:00 calendarRevised');
    await project(context);
    expect(await context.db.selectFrom('recalculations').selectAll().execute()).toEqual([]);
  });

  it('of a calendar grants relief to tickets on every plan', async () => {
    await open(context, 'T-pro');
    await open(context, 'T-enterprise', 'enterprise');
    context.time.moveTo(at('03T12:00:00'));
    const holidays = { ...officeHours('UTC'), holidays: ['2026-03-03'] };
    const closed = { code: 'business-hours', changes: { definition: holidays }, effectiveFrom: undefined };
    await changeCalendar(context, { type: 'ReviseCalendar', ...closed, appliesToOpenTickets: true }, admin);
    for (const id of ['T-pro', 'T-enterprise']) await say(context, id, { type: 'AddInternalNote', text: 'closed' });
    await work(context);
    const breaches = await recorded(context, 'SlaBreached', 'SlaBreachWithdrawn');
    expect(breaches.map((event) => `${ticketIn(event)} ${event.type}`).sort()).toEqual([
      ...['T-enterprise SlaBreachWithdrawn', 'T-enterprise SlaBreached'],
      ...['T-pro SlaBreachWithdrawn', 'T-pro SlaBreached'],
    ]);
    expect(await deadlines(context)).toEqual([
      'T-enterprise 04T09:00 calendarRevised',
      'T-pro 04T09:00 calendarRevised',
    ]);
  });

  it('of a calendar that a target names lays out anew what is counted in it', async () => {
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, [['00:00', '24:00']]] as const);
    const round = { timeZone: 'UTC', weekly: Object.fromEntries(days) };
    const calendar = { code: 'round', name: 'Round the clock', definition: round };
    await changeCalendar(context, { type: 'DefineCalendar', calendar }, admin);
    const fromNow = { effectiveFrom: undefined, appliesToOpenTickets: false };
    const all = firstResponseIn(10)[0];
    const targets = [all, { ...all, priority: 'urgent', calendar: 'round' }];
    await changePlan(context, { type: 'RevisePlan', code: 'pro', changes: { targets }, ...fromNow }, admin);
    await open(context, 'T-normal');
    await open(context, 'T-urgent', 'pro', undefined, { priority: 'urgent' });
    context.time.moveTo(at('02T11:00:00'));
    const definition = { dates: { '2026-03-02': [['00:00', '12:00']] } } as const;
    const revised = {
      type: 'ReviseCalendar',
      code: 'round',
      changes: { definition },
      effectiveFrom: undefined,
    } as const;
    await changeCalendar(context, { ...revised, appliesToOpenTickets: true }, admin);
    for (let again = 0; again < 2; again++) {
      await work(context);
      expect(await deadlines(context)).toEqual(['T-urgent 03T07:00 calendarRevised']);
    }
    await project(context);
    expect(await context.db.selectFrom('recalculations').selectAll().execute()).toEqual([]);
  });

  it('waits for the end of an import, whose rows may say what became of a ticket', async () => {
    const row = (event: string, more: object) =>
      JSON.stringify({ event, ticket: 'T-1', actor: { id: 'mia' }, occurredAt: '2026-03-02T08:00:00Z', ...more });
    const bug = { customer: 'acme', plan: 'pro', type: 'productBug', channel: 'email', subject: 'It broke' };
    context.time.moveTo(at('02T12:00:00'));
    await revise(context, 4);
    const { log, counts } = await importLines(context, [row('TicketOpened', bug)]);
    await work(context);
    expect(await reached(context)).toEqual([]);
    await log.finish(counts);
    await work(context);
    expect(await reached(context)).toHaveLength(1);
  });

  it('is the same where two of us lay tickets out at the same time', async () => {
    for (const id of ['T-1', 'T-2', 'T-3']) await open(context, id);
    await revise(context, 4);
    await project(context);
    const settle = (ticket: string) => context.work.revisions.settle(ticket);
    await Promise.all(['T-1', 'T-2', 'T-3', 'T-3', 'T-2', 'T-1'].map(settle));
    expect(await reached(context)).toEqual(['T-1', 'T-2', 'T-3']);
  });

  it('is not done again when the read models are built anew', async () => {
    for (const id of ['T-1', 'T-2']) await open(context, id);
    await revise(context, 4);
    await work(context);
    const before = await context.store.lastPosition();
    await context.close();
    await rebuildReadModels(settingsOf(folder));
    context = await ledgerAt(opening, folder);
    expect(await context.db.selectFrom('recalculations').selectAll().execute()).toEqual([]);
    await work(context);
    expect(await context.store.lastPosition()).toBe(before);
  });
});

describe('a policy that is interrupted', () => {
  const tickets = ['T-1', 'T-2', 'T-3', 'T-4'];

  /** Opens tickets, revises their plan twice, and has the policy work, killed at the n-th ticket before or after it is done. */
  async function interrupted(kill: { readonly at: number; readonly when: 'before' | 'after' }) {
    const folder = newFolder();
    let context = await ledgerAt(opening, folder);
    for (const id of tickets) await open(context, id);
    context.time.moveTo(at('02T10:00:00'));
    await revise(context, 6);
    await revise(context, 4);
    let tried = 0;
    const { revisions } = context.work;
    const killed = {
      ...revisions,
      settle: (ticket: string) => {
        tried += 1;
        const isAlive = tried < kill.at || (tried === kill.at && kill.when === 'after');
        return isAlive ? revisions.settle(ticket) : Promise.resolve({ position: '', isNews: false });
      },
      deadlines: { ...revisions.deadlines, refreshed: () => Promise.reject(new Error('killed')) },
    };
    await project(context);
    await settleDue(killed, new AbortController().signal).catch(meant('killed'));
    const done = (await reached(context)).length;
    await context.close();

    context = await ledgerAt('2026-03-02T10:00:00Z', folder);
    await work(context);
    const events = await recorded(context, 'PlanReapplied', 'SlaDeadlineMoved');
    const said = events.map(({ type, data }) => {
      const { ticket, terms, layout, dueAt, reason } = data as Record<string, unknown>;
      return JSON.stringify([ticket, type, terms, layout, dueAt, reason]);
    });
    await context.close();
    rmSync(folder, { recursive: true });
    return { done, said: said.sort() };
  }

  it('at any ticket goes on where it was, and leaves what it would have left at once', async () => {
    const { said: expected } = await interrupted({ at: Infinity, when: 'after' });
    expect(expected).toHaveLength(2 * 2 * tickets.length);
    const steps: number[] = [];
    for (let n = 1; n <= tickets.length; n++) {
      for (const when of ['before', 'after'] as const) {
        const { done, said } = await interrupted({ at: n, when });
        steps.push(done);
        expect(said).toEqual(expected);
      }
    }
    expect(steps).toEqual([0, 2, 2, 4, 4, 6, 6, 8]);
  });
});

describe('whatever happens to tickets while their plan is revised', () => {
  const ids = ['T-1', 'T-2', 'T-3'] as const;
  const about = (kind: 'open' | 'openLate' | 'reply' | 'close' | 'reopen' | 'reapplyFirst') =>
    fc.record({ kind: fc.constant(kind), id: fc.constantFrom(...ids) });
  const step = fc.oneof(
    ...(['open', 'openLate', 'reply', 'close', 'reopen', 'reapplyFirst'] as const).map(about),
    fc.record({ kind: fc.constant('revise' as const), inHours: fc.integer({ min: 0, max: 3 }) }),
    fc.constant({ kind: 'work' as const }),
  );
  type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

  /** Does a step; what a ticket refuses is part of it. */
  async function take(context: TestContext, said: Step, version: number): Promise<unknown> {
    const now = context.time.now();
    switch (said.kind) {
      case 'open':
        return open(context, said.id, 'enterprise');
      case 'openLate':
        return open(context, said.id, 'enterprise', new Date(now - 2 * hour).toISOString());
      case 'reply':
        return say(context, said.id, { type: 'RecordFollowUp' });
      case 'close':
        return say(context, said.id, { type: 'CloseTicket' });
      case 'reopen':
        return say(context, said.id, { type: 'ReopenTicket' });
      case 'reapplyFirst':
        return say(context, said.id, { type: 'ReapplyPlan', version: 1 });
      case 'revise':
        return revise(context, 100 + version, now + said.inHours * hour, 'enterprise').catch(meant('VERSION_CONFLICT'));
      case 'work':
        return work(context);
    }
  }

  it('no open ticket is left under an old version, unless somebody chose it, and nothing is left to do', async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const folder = newFolder();
      const context = await ledgerAt(opening, folder);
      const chosen = new Set<string>();
      for (const [i, said] of steps.entries()) {
        context.time.moveTo(context.time.now() + hour / 2);
        await take(context, said, i).catch((error: unknown) => {
          if (!(error instanceof Rejection)) throw error;
        });
        if (said.kind === 'reapplyFirst') chosen.add(said.id);
      }
      context.time.moveTo(context.time.now() + 4 * hour);
      await work(context);
      expect(await context.db.selectFrom('recalculations').selectAll().execute()).toEqual([]);
      const newest = (await context.catalogue.planHistory('enterprise')).at(-1)?.version;
      for (const id of ids) {
        const { ticket } = await say(context, id, { type: 'Settle' }).catch(() => ({ ticket: undefined }));
        if (ticket === undefined || ticket.status === 'closed' || chosen.has(id)) continue;
        const running = ticket.clocks().filter(({ state }) => state === 'running' || state === 'paused');
        expect(running.map(({ terms }) => terms.plan.version)).toEqual(running.map(() => newest));
      }
      await context.close();
      rmSync(folder, { recursive: true });
    });
    await fc.assert(property, { numRuns: times({ short: 8, long: 40 }) });
  }, 120_000);
});
