import { describe, expect, it } from '@jest/globals';
import { type PlanTarget } from '../../../src/catalogue/domain/plan.js';
import { guaranteeOf, targetOf } from '../../../src/catalogue/domain/promise.js';
import { TicketLife, hours, planWith } from '../../support/ticket-life.js';

const promise = (amount: number, more: Partial<PlanTarget> = {}): PlanTarget => ({
  ...{ metric: 'resolution', target: hours(amount), ...more },
});
const bug = { type: 'productBug', channel: 'email', priority: 'normal' } as const;
const question = { ...bug, type: 'productQuestion' } as const;

describe('of the targets of a plan', () => {
  const byType = promise(3, { type: 'productBug' });
  const byPriority = promise(2, { priority: 'high' });
  const byBoth = promise(1, { type: 'productBug', priority: 'high' });
  const plan = planWith({ targets: [promise(4), byPriority, byBoth, byType, promise(9, { metric: 'followUp' })] });

  it.each([
    [{ ...bug, priority: 'high' }, 1],
    [{ ...question, priority: 'high' }, 2],
    [bug, 3],
    [question, 4],
  ])('the most specific holds: %j', (ticket, amount) => {
    expect(targetOf(plan, 'resolution', ticket)?.target).toEqual(hours(amount));
  });

  it('each metric has its own, and one without has no promise', () => {
    expect(targetOf(plan, 'followUp', bug)?.target).toEqual(hours(9));
    expect(targetOf(plan, 'firstResponse', bug)).toBeUndefined();
    expect(targetOf(planWith({ targets: [byPriority] }), 'resolution', bug)).toBeUndefined();
  });

  it('none is for channels and types that the plan does not cover', () => {
    const narrow = planWith({ targets: [promise(4)], channels: ['email'], types: ['productBug'] });
    expect(guaranteeOf(narrow, bug).kind).toBe('guaranteed');
    expect(guaranteeOf(narrow, { ...bug, channel: 'phone' }).reason).toBe('channelNotCovered');
    expect(targetOf(narrow, 'resolution', { ...bug, channel: 'phone' })).toBeUndefined();
    expect(guaranteeOf(narrow, question).reason).toBe('typeNotCovered');
    expect(guaranteeOf(planWith({ targets: [] }), bug).reason).toBe('planWithoutPromise');
  });
});

describe("a plan's", () => {
  const hold = { type: 'PauseTicket', reason: 'onHold' } as const;

  it('share of time, after which a clock is at risk, is its own', () => {
    const at = (atRiskShare: number) =>
      new TicketLife({ plan: planWith({ targets: [promise(4)], atRiskShare }) }).open('Mon 09:00').settle('Mon 12:59')
        .last;
    expect(at(0.25)).toEqual(['SlaAtRisk resolution/1 Mon 10:00']);
    expect(at(0.5)).toEqual(['SlaAtRisk resolution/1 Mon 11:00']);
  });

  it("pauses are each clock's own, by reason", () => {
    const targets = [promise(4), promise(4, { metric: 'firstResponse' })];
    const pauses = { firstResponse: ['onHold'], followUp: [], resolution: ['waitingForCustomer'] } as const;
    const ticket = new TicketLife({ plan: planWith({ targets, pauses }) }).open('Mon 09:00');
    expect(ticket.do('Mon 10:00', hold).last).toEqual([
      'TicketPaused Mon 10:00',
      'SlaDeadlineMoved firstResponse/1 due paused (paused)',
    ]);
    ticket.do('Mon 11:00', { type: 'PauseTicket', reason: 'waitingForCustomer' });
    expect(ticket.last.at(-1)).toBe('SlaDeadlineMoved resolution/1 due paused (paused)');
    ticket.do('Mon 12:00', { type: 'PauseTicket', reason: 'scheduled' });
    expect(ticket.last).toEqual(['TicketPaused Mon 12:00']);
  });

  it('lets a clock run on whose metric the plan does not know: the plan is older', () => {
    const targets = [promise(4), promise(4, { metric: 'firstResponse' })];
    const pauses = { firstResponse: ['onHold'] } as const;
    const ticket = new TicketLife({ plan: planWith({ targets, pauses }) }).open('Mon 09:00');
    expect(ticket.do('Mon 10:00', hold).last).toEqual([
      'TicketPaused Mon 10:00',
      'SlaDeadlineMoved firstResponse/1 due paused (paused)',
    ]);
  });
});
