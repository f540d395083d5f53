import { describe, expect, it } from '@jest/globals';
import { clockOf } from '../../../src/clocks/clock.js';
import { layOut } from '../../../src/tickets/domain/layout.js';
import { mergePropagations } from '../../../src/tickets/domain/merge-propagation.js';
import { nextDue } from '../../../src/tickets/domain/next-due.js';
import { isFact } from '../../../src/tickets/domain/fact-of.js';
import { changes } from '../../../src/tickets/domain/ticket-state.js';
import { viewOf } from '../../../src/tickets/domain/ticket-view.js';
import { expectOccurrenceTime, maxAgeMs } from '../../../src/tickets/domain/occurrence-time.js';
import { hours, instant, planWith, refusal, TicketLife } from '../../support/ticket-life.js';

const clocksOf = ({ state, versions }: TicketLife, at: string) =>
  viewOf('t1', state, versions, instant(at))?.clocks() ?? [];
/** The outcomes that the last commands recorded, whole. */
const outcomesOf = ({ events }: TicketLife) => events.flatMap((event) => (isFact(event) ? [] : [event]));

describe('a command', () => {
  const context = { ticket: 't1', factId: 'f', actor: { id: 'mia', kind: 'person' }, mayBackdate: false } as const;
  const terms = { plan: { code: 'pro', version: 1 }, calendar: { code: 'office', version: 1 } };
  const now = instant('Mon+9 09:00');
  const expectAt = (occurredAt: number, openedAt?: number, more: object = {}) =>
    refusal(() => {
      expectOccurrenceTime({ ...context, terms, now, occurredAt, ...more }, openedAt);
    });

  it('may have occurred exactly 30 days ago, and not a millisecond before', () => {
    expect(expectAt(now - maxAgeMs)).toBe('accepted');
    expect(expectAt(now - maxAgeMs - 1)).toMatch(/^OCCURRED_TOO_LONG_AGO/);
    expect(expectAt(now - maxAgeMs - 1, undefined, { mayBackdate: true })).toBe('accepted');
  });

  it('may have occurred exactly five minutes ahead of our clock, and not a millisecond after', () => {
    expect(expectAt(now + 300_000)).toBe('accepted');
    expect(expectAt(now + 300_001)).toMatch(/^OCCURRED_IN_FUTURE/);
  });

  it('may have occurred exactly at the opening of its ticket, and not a millisecond before', () => {
    expect(expectAt(now, now)).toBe('accepted');
    expect(expectAt(now - 1, now)).toMatch(/^OCCURRED_BEFORE_OPENING/);
  });

  it('that opens a ticket with the same content once more is already so', () => {
    const ticket = new TicketLife().open('Mon 09:00', {}, { commandHash: 'same', factId: 'first' });
    expect(ticket.open('Mon 10:00', {}, { commandHash: 'same', factId: 'second' }).last).toEqual([]);
    expect(refusal(() => ticket.open('Mon 10:00', {}, { commandHash: 'other', factId: 'third' }))).toMatch(
      /^TICKET_EXISTS/,
    );
  });

  it('to settle with a clock that is behind what was judged takes nothing of that back', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Mon 09:00').settle('Wed 09:00');
    expect(ticket.outcomes.at(-1)).toBe('SlaBreached firstResponse/1 due Tue 09:00');
    expect(ticket.settle('Mon 12:00').last).toEqual([]);
  });
});

describe('an outcome', () => {
  const plan = planWith({
    targets: [
      { metric: 'resolution', target: hours(20) },
      { metric: 'resolution', target: hours(16), priority: 'high' },
    ],
  });

  it('says the ticket as it was then, not as it is now', () => {
    const ticket = new TicketLife({ plan }).open('Mon 09:00');
    ticket.do('Mon 15:00', { type: 'AssignTicket', assignee: 'mia', team: 'gold' });
    ticket.do('Mon 10:00', { type: 'ReclassifyTicket', priority: 'high' }, { now: 'Mon 16:00' });
    expect(outcomesOf(ticket).at(-1)).toMatchObject({
      type: 'SlaDeadlineMoved',
      data: { at: instant('Mon 10:00'), priority: 'high', assignee: null, team: null },
    });
  });

  it('warns once more under a new layout, and once only under each', () => {
    const ticket = new TicketLife({ plan }).open('Mon 09:00').settle('Tue 16:00');
    expect(ticket.last).toEqual(['SlaAtRisk resolution/1 Tue 16:00']);
    ticket.do('Tue 16:30', { type: 'ReclassifyTicket', priority: 'high' });
    expect(ticket.last).toEqual([
      'TicketReclassified Tue 16:30',
      'SlaDeadlineMoved resolution/2 due Tue 17:00 (reclassified)',
      'SlaAtRisk resolution/2 Tue 13:00',
    ]);
    expect(ticket.settle('Tue 16:45').last).toEqual([]);
  });

  it('at risk exactly where a pause begins is at risk, and stays so in what the pause says', () => {
    const ticket = new TicketLife({ plan: planWith({ targets: [{ metric: 'resolution', target: hours(8) }] }) });
    ticket.open('Mon 09:00').do('Mon 15:00', { type: 'PauseTicket', reason: 'onHold' });
    expect(ticket.last).toContain('SlaAtRisk resolution/1 Mon 15:00');
    expect(outcomesOf(ticket).at(-1)).toMatchObject({
      type: 'SlaDeadlineMoved',
      data: { atRiskAt: instant('Mon 15:00') },
    });
  });

  it('of an end is said again where a late fact moves the warning alone', () => {
    const ticket = new TicketLife({ plan: planWith({ targets: [{ metric: 'resolution', target: hours(16) }] }) });
    ticket.open('Mon 09:00').do('Mon 20:00', 'ResolveTicket');
    expect(ticket.outcomes.at(-1)).toBe('SlaMet resolution/1 Mon 20:00');
    ticket.do('Mon 18:00', { type: 'PauseTicket', reason: 'onHold' }, { now: 'Mon 21:00' });
    expect(ticket.last).toEqual(['TicketPaused Mon 18:00', 'SlaMet resolution/2 Mon 20:00']);
    expect(outcomesOf(ticket).at(-1)).toMatchObject({ data: { atRiskAt: null, dueAt: instant('Tue 17:00') } });
  });

  it('of a run that a late fact makes vanish is taken back once: its breach, then the run', () => {
    const followUp = planWith({ targets: [{ metric: 'followUp', target: hours(4) }] });
    const ticket = new TicketLife({ plan: followUp }).open('Mon 09:00').do('Mon 11:00', 'RecordFirstResponse');
    expect(ticket.settle('Tue 12:00').outcomes.at(-1)).toBe('SlaBreached followUp/1 due Mon 15:00');
    ticket.do('Mon 10:00', { type: 'CancelTicket', reason: 'spam' }, { now: 'Tue 13:00' });
    expect(ticket.last).toEqual([
      'TicketCancelled Mon 10:00',
      'SlaBreachWithdrawn followUp/2 due Mon 15:00 (superseded)',
      'SlaClockCancelled followUp/2 Mon 10:00 (superseded)',
    ]);
    expect(ticket.settle('Wed 09:00').last).toEqual([]);
    expect(ticket.settle('Thu 09:00').last).toEqual([]);
  });
});

describe('a clock', () => {
  it('that is overdue is due next, before one that is not', () => {
    const plan = planWith({
      targets: [
        { metric: 'firstResponse', target: hours(2) },
        { metric: 'resolution', target: hours(40) },
      ],
    });
    const ticket = new TicketLife({ plan }).open('Mon 09:00').settle('Tue 09:00');
    expect(nextDue(clocksOf(ticket, 'Tue 09:00'))).toMatchObject({ metric: 'firstResponse', state: 'breached' });
  });

  it('of which nothing is recorded is at risk from exactly that instant on', () => {
    const plan = planWith({ targets: [{ metric: 'resolution', target: hours(8) }] });
    const { state, versions } = new TicketLife({ plan }).open('Mon 09:00');
    const [run] = layOut(state.facts, versions, instant('Mon 15:00'));
    if (run === undefined) throw new Error('there is no run');
    expect(clockOf(run, instant('Mon 15:00'), undefined).isAtRisk).toBe(true);
    expect(clockOf(run, instant('Mon 15:00') - 1, undefined).isAtRisk).toBe(false);
  });

  it('of a first response is not created by a new class where nobody asked', () => {
    const plan = planWith({ targets: [{ metric: 'firstResponse', target: hours(2), priority: 'high' }] });
    const reclassified = (origin: 'noRequest' | 'customerRequest') =>
      new TicketLife({ plan })
        .open('Mon 09:00', { origin })
        .do('Mon 10:00', { type: 'ReclassifyTicket', priority: 'high' }).last;
    expect(reclassified('noRequest')).toEqual(['TicketReclassified Mon 10:00']);
    expect(reclassified('customerRequest')).toContain('SlaClockStarted firstResponse/1 due Mon 12:00');
  });
});

describe('a ticket', () => {
  it('that is reopened is neither resolved nor closed any more', () => {
    const ticket = new TicketLife().open('Mon 09:00').do('Mon 10:00', 'ResolveTicket').do('Mon 11:00', 'CloseTicket');
    expect(ticket.life).toMatchObject({ resolvedAt: instant('Mon 10:00'), closedAt: instant('Mon 11:00') });
    ticket.do('Mon 12:00', 'ReopenTicket');
    expect(ticket.life).toMatchObject({ status: 'open', resolvedAt: null, closedAt: null, reopenings: 1 });
  });

  it('that was merged twice into the same one tells it of the merge that stands', () => {
    const merge = { type: 'MergeTicket', into: 't2' } as const;
    const ticket = new TicketLife().open('Mon 09:00').do('Tue 09:00', merge);
    ticket.do('Mon 12:00', { type: 'CancelTicket', reason: 'spam' }, { now: 'Tue 10:00' }); // that merge falls through
    ticket.do('Wed 09:00', 'RestoreTicket').do('Thu 09:00', merge);
    const read = { id: 't1', customer: 'acme', revision: 9 };
    const told = mergePropagations(read, changes(ticket.state.facts));
    expect(told).toMatchObject([
      {
        target: 't2',
        occurredAt: instant('Thu 09:00'),
        command: { stands: true, unansweredSince: instant('Mon 09:00') },
      },
    ]);
  });
});
