import { describe, expect, it } from '@jest/globals';
import { type Calendar } from '../../../src/business-time/calendar.js';
import { type TicketCommand } from '../../../src/tickets/domain/facts.js';
import { evolve, unopened } from '../../../src/tickets/domain/ticket.js';
import { viewOf } from '../../../src/tickets/domain/ticket-view.js';
import { line, refusal, show, TicketLife } from '../../support/ticket-life.js';

const minute = 60_000;
const opening = Date.UTC(2026, 2, 2, 9);
const now = { now: 'Mon+40 09:00', mayBackdate: true } as const;
const after = (minutes: number) => show(opening + minutes * minute);

/** A calendar that counts what it is asked. */
function counting() {
  let asked = 0;
  const through = (calendar: Calendar): Calendar =>
    new Proxy(calendar, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown => {
          asked += 1;
          return Reflect.apply(value, target, given);
        };
      },
    });
  return { through, asked: () => asked };
}

const forward = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const shuffled = (count: number) => forward(count).sort((a, b) => ((a * 7919) % 10_007) - ((b * 7919) % 10_007));
const ways = {
  'in order': forward,
  'in reverse': (count: number) => forward(count).reverse(),
  'in any order': shuffled,
};
const kinds: Readonly<Record<string, TicketCommand>> = {
  'replies of ours': { type: 'RecordFollowUp' },
  "replies of the customer's": { type: 'RecordCustomerReply' },
  notes: { type: 'AddInternalNote', text: 'hm' },
};
const series = Object.entries(kinds).flatMap(([kind, command]) =>
  Object.entries(ways).map(([way, of]) => [kind, way, command, of] as const),
);

describe('a ticket of many facts', () => {
  it.each(series)('works out what each changes, and no more: 1,000 %s, heard %s', (_, __, command, of) => {
    const { through, asked } = counting();
    const ticket = new TicketLife({ through }).open('Mon 09:00');
    for (const minutes of of(1_000)) ticket.do(after(minutes), command, now);
    expect(ticket.state.worked).toBeLessThan(3_100);
    expect(asked()).toBeLessThan(60_000);
  });

  it('pauses at the same cost however often it has paused, and is laid out anew once where it is', () => {
    const { through, asked } = counting();
    const ticket = new TicketLife({ through }).open('Mon 09:00');
    for (const minutes of forward(5_000))
      ticket
        .do(after(minutes), { type: 'PauseTicket', reason: 'onHold' }, now)
        .do(show(opening + minutes * minute + 30_000), 'ResumeTicket', now);
    const paused = asked();
    ticket.do('Mon+2 09:00', { type: 'ReclassifyTicket', priority: 'high' }, now);
    expect(paused).toBeLessThan(150_000);
    expect(asked() - paused).toBeLessThan(40_000);
    expect(ticket.state.worked).toBeLessThan(10_100);
  });

  it('is read in one go, and takes a fact more at once: 50,000 notes', () => {
    const { events } = new TicketLife().open('Mon 09:00').do('Mon 09:01', { type: 'AddInternalNote', text: 'hm' });
    const note = events.at(-1);
    if (note === undefined) throw new Error('there is no note');
    const notes = forward(50_000).map((i) => ({ ...note, id: `note ${i}` }));
    const ticket = new TicketLife();
    ticket.state = [...events, ...notes].reduce(evolve, unopened);
    ticket.do('Mon 10:00', { type: 'AddInternalNote', text: 'one more' }, { factId: 'one more' });
    const before = ticket.state.worked;
    expect(before).toBeLessThan(50_100);
    expect(before).toBeGreaterThan(50_000);
    for (const i of forward(10))
      ticket.do('Mon 10:01', { type: 'AddInternalNote', text: 'hm' }, { factId: `more ${i}` });
    expect(viewOf('t1', ticket.state, ticket.versions, opening)?.status).toBe('open');
    expect(ticket.state.worked - before).toBeLessThan(30);
    expect(ticket.state.bytes).toBeLessThan(20_000_000);
  });

  it('has no more of its clocks read than are shown', () => {
    const { through, asked } = counting();
    const ticket = new TicketLife({ through }).open('Mon 09:00');
    for (const minutes of forward(2_000)) ticket.do(after(minutes), { type: 'RecordFollowUp' }, now);
    const view = viewOf('t1', ticket.state, ticket.versions, opening + 3_000 * minute);
    const before = asked();
    const followUps = view?.clocks().filter(({ metric }) => metric === 'followUp');
    expect(followUps).toHaveLength(100);
    expect(followUps?.at(-1)?.startedAt).toBe(opening + 2_000 * minute);
    expect(asked() - before).toBeLessThan(1_000);
  });

  it('leaves a ticket as it was that somebody has from before', () => {
    const ticket = new TicketLife().open('Mon 09:00').do('Mon 15:00', 'RecordFirstResponse');
    const before = ticket.state;
    const view = () => {
      const { clocks, notices, ...life } = viewOf('t1', before, ticket.versions, opening + 600 * minute) ?? {};
      return JSON.stringify([life, clocks?.(), notices?.(), before.facts, [...before.recorded]]);
    };
    const seen = view();
    ticket.do('Mon 10:00', 'RecordFirstResponse', now).do('Mon 11:00', { type: 'PauseTicket', reason: 'onHold' }, now);
    ticket.do('Mon 16:00', { type: 'ReclassifyTicket', ticketType: 'onBoarding' }, now);
    expect(view()).toBe(seen);
    expect(ticket.state.stateAt(Infinity, ticket.versions)?.firstRespondedAt).toBe(opening + 60 * minute);
  });
});

describe('a ticket that is full', () => {
  const filled = (imported?: { readonly id: string; readonly startedAt: number }) => {
    const ticket = new TicketLife({ factsTaken: 3, ...(imported === undefined ? {} : { import: imported }) });
    return ticket.open('Mon 09:00').do('Mon 09:10', 'RecordFirstResponse').do('Mon 09:20', 'RecordFollowUp');
  };
  const note = { type: 'AddInternalNote', text: 'hm' } as const;

  it.each([
    ['live', undefined],
    ['in an import', { id: 'i1', startedAt: opening }],
  ])('takes no more facts, %s, and says so', (_, imported) => {
    const ticket = filled(imported);
    const full =
      'TICKET_FULL: The ticket t1 has 3 facts, which is the limit; it can only be resolved, closed or cancelled.';
    const refused: readonly TicketCommand[] = [
      note,
      { type: 'RecordFollowUp' },
      { type: 'PauseTicket', reason: 'onHold' },
    ];
    for (const command of refused) expect(refusal(() => ticket.do('Mon 10:00', command))).toBe(full);
    expect(ticket.state.length).toBe(3);
  });

  it('is resolved and closed all the same, and what becomes of its clocks is recorded', () => {
    const ticket = filled().settle('Wed 09:00');
    expect(ticket.last).toEqual(['SlaBreached followUp/1 due Tue 09:20']);
    expect(ticket.do('Wed 10:00', 'ResolveTicket').last.map((said) => said.split(' ')[0])).toContain('TicketResolved');
    expect(ticket.do('Wed 11:00', 'CloseTicket').last).toContain('TicketClosed Wed 11:00');
    expect(refusal(() => ticket.do('Wed 12:00', 'ReopenTicket'))).toMatch(/^TICKET_FULL/);
    expect(filled().do('Mon 10:00', { type: 'CancelTicket', reason: 'spam' }).last).toContain(
      'TicketCancelled Mon 10:00',
    );
  });

  it('knows what it was told before', () => {
    const ticket = new TicketLife({ factsTaken: 2 }).open('Mon 09:00').do('Mon 09:10', note, { factId: 'told' });
    expect(ticket.do('Mon 09:10', note, { factId: 'told' }).last).toEqual([]);
  });

  it('hears what Pledge itself tells it: that another was merged into it', () => {
    const told = { type: 'ReceiveMerge', from: 't0', stands: true, unansweredSince: null, revision: 1 } as const;
    expect(filled().do('Mon 10:00', told).events.map(line)).toContain('MergeReceived Mon 10:00');
  });
});
