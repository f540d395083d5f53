import { describe, expect, it } from '@jest/globals';
import { builtInWords } from '../../../src/catalogue/domain/built-in-words.js';
import { type WordEvent } from '../../../src/catalogue/domain/catalogue-events.js';
import { wordsDecider } from '../../../src/catalogue/domain/words-decider.js';
import { expectWords, inDesksSpelling } from '../../../src/tickets/domain/command-words.js';
import { type TicketCommand } from '../../../src/tickets/domain/facts.js';
import { type TicketState } from '../../../src/tickets/domain/ticket-state.js';
import { saidOn } from '../../support/specify.js';
import { instant, refusal, TicketLife } from '../../support/ticket-life.js';

const retiredAt = instant('Wed 00:00');
const events: readonly WordEvent[] = [
  { type: 'WordDefined', data: { list: 'priority', code: 'P1', name: 'Highest', rank: 9 }, ...saidOn('2026-03-01') },
  { type: 'WordRetired', data: { list: 'channel', code: 'phone', effectiveFrom: retiredAt }, ...saidOn('2026-03-01') },
];
const words = events.reduce((known, event) => wordsDecider.evolve(known, event), builtInWords);

const opening = {
  ...{ type: 'OpenTicket', customer: 'acme', ticketType: 'productBug', channel: 'email', subject: 'x' },
} as const satisfies TicketCommand;
const heardByPhone = new TicketLife().open('Mon 09:00', { channel: 'phone', priority: 'of old' }).life;

function judged(command: TicketCommand, at: string, state?: TicketState): string {
  const [code = ''] = refusal(() => {
    expectWords(command, state, words, instant(at));
  }).split(':');
  return code;
}

describe('the words of a command', () => {
  it('are spelled as the catalogue spells them; others stay as they were said', () => {
    const said = { ...opening, ticketType: 'PRODUCTBUG', channel: 'E-Mail', priority: 'p1' };
    expect(inDesksSpelling(said, words)).toEqual({
      ...said,
      ticketType: 'productBug',
      priority: 'P1',
    });
    expect(inDesksSpelling(opening, words)).toBe(opening);
    const reply: TicketCommand = { type: 'RecordFollowUp', channel: 'EMAIL' };
    expect(inDesksSpelling(reply, words)).toEqual({ ...reply, channel: 'email' });
  });

  it('are refused where the desk lacks them, with those it has', () => {
    expect(judged(opening, 'Mon 09:00')).toBe('accepted');
    expect(judged({ ...opening, ticketType: 'gadget' }, 'Mon 09:00')).toBe('UNKNOWN_TYPE');
    expect(judged({ ...opening, channel: 'fax' }, 'Mon 09:00')).toBe('UNKNOWN_CHANNEL');
    expect(judged({ ...opening, priority: 'P9' }, 'Mon 09:00')).toBe('UNKNOWN_PRIORITY');
    expect(() => {
      expectWords({ ...opening, priority: 'P9' }, undefined, words, instant('Mon 09:00'));
    }).toThrow('priority: there is no priority "P9". The priorities are low, normal, high, urgent, P1.');
  });

  it('are refused once they are retired, by when it occurred: late facts may have them', () => {
    const called = { ...opening, channel: 'phone' };
    expect(judged(called, 'Tue 23:59')).toBe('accepted');
    expect(judged(called, 'Wed 00:00')).toBe('UNKNOWN_CHANNEL');
    expect(() => {
      expectWords(called, undefined, words, instant('Thu 09:00'));
    }).toThrow('the channel "phone" is retired since 2026-03-04T00:00:00.000Z. The channels are reportIssue, email.');
  });

  it('may be those that the ticket has already, known or not', () => {
    expect(judged({ type: 'RecordFollowUp', channel: 'phone' }, 'Thu 09:00', heardByPhone)).toBe('accepted');
    expect(judged({ type: 'ReclassifyTicket', priority: 'of old' }, 'Thu 09:00', heardByPhone)).toBe('accepted');
    expect(judged({ type: 'ReclassifyTicket', priority: 'older' }, 'Thu 09:00', heardByPhone)).toBe('UNKNOWN_PRIORITY');
  });

  it('of a ticket that was split off are those of the old one', () => {
    expect(judged({ ...opening, channel: 'phone', splitFrom: 'T-1' }, 'Thu 09:00')).toBe('accepted');
  });
});
