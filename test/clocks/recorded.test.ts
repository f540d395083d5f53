import { describe, expect, it } from '@jest/globals';
import { outcomes as outcomesOf } from '../../src/clocks/outcomes.js';
import { clockAfter } from '../../src/clocks/recorded-clock.js';
import { recorded } from '../../src/clocks/recorded-run.js';
import { isFact } from '../../src/tickets/domain/fact-of.js';
import { hours, planWith, TicketLife } from '../support/ticket-life.js';

/** The outcomes of a ticket at risk that is reclassified, and at risk under its new target, too. */
function outcomes() {
  const plan = planWith({
    targets: [
      { metric: 'resolution', target: hours(20) },
      { metric: 'resolution', target: hours(16), priority: 'high' },
    ],
  });
  const ticket = new TicketLife({ plan }).open('Mon 09:00').settle('Tue 16:00');
  ticket.do('Tue 16:30', { type: 'ReclassifyTicket', priority: 'high' });
  return ticket.events.flatMap((event) => (isFact(event) ? [] : [event]));
}

describe('what the log says of a run', () => {
  it('has a warning for the layout that it was said of alone', () => {
    const found = outcomes();
    expect(found.map(({ type }) => type)).toEqual(['SlaClockStarted', 'SlaAtRisk', 'SlaDeadlineMoved', 'SlaAtRisk']);
    let run: ReturnType<typeof recorded> | undefined;
    const warned = found.map(({ type, data }) => (run = recorded(run, type, data)).atRisk);
    expect(warned).toEqual([false, true, false, true]);
  });
});

describe('a run that vanished', () => {
  it('is taken back once', () => {
    const [started] = outcomes();
    if (started === undefined) throw new Error('nothing was recorded');
    const before = recorded(undefined, started.type, started.data);
    const vanished = (run: typeof before) => outcomesOf([], [{ id: 'r', recorded: run }], () => run, 0, undefined);
    expect(vanished(before)).toMatchObject([{ type: 'SlaClockCancelled', reason: 'superseded', layout: 2 }]);
    const data = { ...started.data, reason: 'superseded' } as const;
    expect(vanished(recorded(before, 'SlaClockCancelled', data))).toEqual([]);
  });
});

describe('a clock by what was recorded of it', () => {
  it('is warned of for the layout that it was said of alone', () => {
    let clock: ReturnType<typeof clockAfter> | undefined;
    const warned = outcomes().map(({ type, data }) => (clock = clockAfter(clock, type, data)).isAtRisk);
    expect(warned).toEqual([false, true, false, true]);
  });

  it('keeps what was measured later, where a warning is said after it', () => {
    const [started, , moved, warning] = outcomes();
    if (started === undefined || moved === undefined || warning === undefined) throw new Error('something is missing');
    expect(warning.data.at).toBeLessThan(moved.data.at);
    const before = clockAfter(clockAfter(undefined, started.type, started.data), moved.type, moved.data);
    const { elapsedMs, measuredAt } = clockAfter(before, warning.type, warning.data);
    expect({ elapsedMs, measuredAt }).toEqual({ elapsedMs: moved.data.elapsedMs, measuredAt: moved.data.at });
    expect(warning.data.elapsedMs).not.toBe(moved.data.elapsedMs);
  });
});
