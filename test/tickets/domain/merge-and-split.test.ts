import { describe, expect, it } from '@jest/globals';
import { type ReceiveMerge } from '../../../src/tickets/domain/commands.js';
import { concernsOthers, mergePropagations } from '../../../src/tickets/domain/merge-propagation.js';
import { changes } from '../../../src/tickets/domain/ticket-state.js';
import { hours, instant, planWith, refusal, TicketLife } from '../../support/ticket-life.js';

const into = (other: string) => ({ type: 'MergeTicket', into: other }) as const;
/** What another ticket hands over: since when it is unanswered. */
const received = (since: string | null, revision = 1): ReceiveMerge => ({
  ...{ type: 'ReceiveMerge', from: 'older', stands: true, revision },
  unansweredSince: since === null ? null : instant(since),
});
/** What a ticket has to say to others. */
const says = ({ state: { facts, customer = '', size } }: TicketLife) =>
  mergePropagations({ id: 't1', customer, revision: size - 1 }, [...changes(facts)].filter(concernsOthers)).map(
    ({ target, command, occurredAt }) => ({
      target,
      occurredAt,
      ...command,
    }),
  );

describe('a ticket that is merged', () => {
  it('39: into another has its running clocks cancelled; the other keeps its own', () => {
    const merged = new TicketLife({ plan: 'pro' }).open('Mon 09:00').do('Mon 10:00', into('t2'));
    expect(merged.last).toEqual(['TicketMerged Mon 10:00', 'SlaClockCancelled firstResponse/1 Mon 10:00 (merged)']);
    expect(merged.life).toMatchObject({ status: 'merged', mergedInto: 't2', mergedAt: instant('Mon 10:00') });
    const survivor = new TicketLife({ plan: 'pro' }).open('Mon 08:00').do('Mon 10:00', received('Mon 09:00'));
    expect(survivor.last).toEqual(['MergeReceived Mon 10:00']);
  });

  it('39: being older and unanswered, has the other answer from its opening on', () => {
    const survivor = new TicketLife({ plan: 'pro' }).open('Tue 12:00').do('Tue 14:00', received('Mon 15:00'));
    expect(survivor.last).toEqual([
      'MergeReceived Tue 14:00',
      'SlaDeadlineMoved firstResponse/2 due Tue 15:00 (merged)',
      'SlaAtRisk firstResponse/2 Tue 13:00',
    ]);
    const moved = survivor.events.find((event) => event.type === 'SlaDeadlineMoved');
    expect(moved?.data).toMatchObject({ startedAt: instant('Mon 15:00'), previousDueAt: instant('Wed 12:00') });
    expect(survivor.do('Tue 15:00', 'RecordFirstResponse').last.at(-1)).toBe('SlaMet firstResponse/2 Tue 15:00');
  });

  it('39: long after its deadline, has the other breached at that deadline, before that one was opened', () => {
    const survivor = new TicketLife({ plan: 'pro' }).open('Wed 12:00').do('Wed 14:00', received('Mon 09:00'));
    expect(survivor.last.slice(1)).toEqual([
      'SlaDeadlineMoved firstResponse/2 due Tue 09:00 (merged)',
      'SlaBreached firstResponse/2 due Tue 09:00',
    ]);
  });

  it('leaves a first response alone that was judged', () => {
    const met = new TicketLife({ plan: 'pro' }).open('Wed 12:00').do('Wed 13:00', 'RecordFirstResponse');
    expect(met.do('Wed 14:00', received('Mon 09:00')).last).toEqual(['MergeReceived Wed 14:00']);
    const breached = new TicketLife({ plan: 'pro' }).open('Mon 12:00').settle('Tue 13:00');
    expect(breached.do('Tue 14:00', received('Mon 09:00')).last).toEqual(['MergeReceived Tue 14:00']);
  });

  it('stays breached where it was, and takes no more mail', () => {
    const merged = new TicketLife({ plan: 'pro' }).open('Mon 09:00').do('Wed 10:00', into('t2'));
    expect(merged.last).toEqual(['SlaBreached firstResponse/1 due Tue 09:00', 'TicketMerged Wed 10:00']);
    expect(merged.state.recorded.get('firstResponse:f1')?.end).toBeNull();
    for (const command of ['RecordCustomerReply', 'RecordFollowUp', 'ReopenTicket', 'CloseTicket'] as const) {
      expect(refusal(() => merged.do('Wed 11:00', command))).toBe(
        'TICKET_MERGED: The ticket was merged into t2 by that time; send this for the other ticket.',
      );
    }
    expect(merged.do('Tue 08:00', 'RecordCustomerReply', { now: 'Wed 12:00' }).last).toEqual([
      'CustomerReplied Tue 08:00',
    ]);
  });

  it('again is already so; into a third it is refused', () => {
    const merged = new TicketLife().open('Mon 09:00').do('Mon 10:00', into('t2'));
    expect(merged.do('Mon 11:00', into('t2')).last).toEqual([]);
    expect(refusal(() => merged.do('Mon 11:00', into('t3')))).toMatch(/^TICKET_MERGED: .* t2 /);
  });

  it('tells the other since when it is unanswered, and of a request in it that came from a third', () => {
    const unanswered = new TicketLife().open('Mon 09:00').do('Mon 10:00', into('t2'));
    expect(says(unanswered)).toMatchObject([{ target: 't2', stands: true, unansweredSince: instant('Mon 09:00') }]);
    const older = new TicketLife()
      .open('Mon 09:00')
      .do('Mon 09:30', received('Mon 07:00', 4))
      .do('Mon 10:00', into('t2'));
    expect(says(older)).toMatchObject([{ unansweredSince: instant('Mon 07:00') }]);
    const answered = new TicketLife()
      .open('Mon 09:00')
      .do('Mon 09:30', 'RecordFirstResponse')
      .do('Mon 10:00', into('t2'));
    expect(says(answered)).toMatchObject([{ unansweredSince: null }]);
    const ours = new TicketLife().open('Mon 09:00', { origin: 'noRequest' }).do('Mon 10:00', into('t2'));
    expect(says(ours)).toMatchObject([{ unansweredSince: null }]);
  });

  it('tells it otherwise when a late fact shows that it was answered, or had ended', () => {
    const merged = () => new TicketLife().open('Mon 09:00').do('Mon 10:00', into('t2'));
    const answered = merged().do('Mon 09:30', 'RecordFirstResponse', { now: 'Mon 12:00' });
    expect(answered.last).toContain('SlaMet firstResponse/2 Mon 09:30');
    expect(says(answered)).toMatchObject([{ stands: true, unansweredSince: null, occurredAt: instant('Mon 10:00') }]);
    const spam = merged().do('Mon 09:30', { type: 'CancelTicket', reason: 'spam' }, { now: 'Mon 12:00' });
    expect(says(spam)).toMatchObject([{ stands: false, unansweredSince: null }]);
  });

  it('and corrected: the other answers from its own opening again, and a breach found by it is withdrawn', () => {
    const survivor = new TicketLife({ plan: 'pro' }).open('Wed 12:00').do('Wed 14:00', received('Mon 09:00', 1));
    survivor.do('Wed 14:00', received(null, 5), { now: 'Wed 16:00' });
    expect(survivor.last).toEqual([
      'MergeReceived Wed 14:00',
      'SlaBreachWithdrawn firstResponse/3 due Thu 12:00 (corrected)',
      'SlaDeadlineMoved firstResponse/3 due Thu 12:00 (merged)',
    ]);
    survivor.do('Wed 14:00', received('Mon 09:00', 1), { now: 'Wed 17:00' });
    expect([survivor.last, survivor.flags]).toEqual([['MergeReceived Wed 14:00'], ['MergeReceived withoutEffect']]);
  });
});

describe('a message that is split off', () => {
  const messageAt = instant('Mon 11:00');
  const split = { type: 'SplitTicket', into: 't2', messageAt, subject: 'And this?' } as const;

  it('40: becomes a ticket whose clock starts at the message, not at the split', () => {
    const source = new TicketLife().open('Mon 09:00').do('Mon 11:00', 'RecordCustomerReply').do('Mon 14:00', split);
    expect([source.last, [...source.life.splitInto.keys()]]).toEqual([['TicketSplit Mon 14:00'], ['t2']]);
    const [handedOver] = says(source);
    expect(handedOver).toMatchObject({ target: 't2', occurredAt: messageAt, subject: 'And this?', splitFrom: 't1' });
    if (handedOver?.type !== 'OpenTicket') throw new Error('it opens no ticket');
    const opened = new TicketLife({ plan: 'pro' }).do('Mon 11:00', handedOver, { now: 'Mon 15:00' });
    expect(opened.outcomes).toEqual(['SlaClockStarted firstResponse/1 due Tue 11:00']);
    expect(opened.life).toMatchObject({ splitFrom: 't1', openedAt: messageAt, channel: 'email', type: 'productBug' });
  });

  it("may be the opening; what is no message of the customer's is refused", () => {
    const source = new TicketLife().open('Mon 09:00').do('Mon 10:00', 'RecordFirstResponse');
    expect(refusal(() => source.do('Mon 12:00', split))).toMatch(/^MESSAGE_NOT_FOUND: .*2026-03-02T11:00:00.000Z/);
    expect(refusal(() => source.do('Mon 12:00', { ...split, messageAt: instant('Mon 10:00') }))).toMatch(
      /^MESSAGE_NOT_FOUND/,
    );
    source.do('Mon 11:00', 'RecordCustomerReply');
    expect(refusal(() => source.do('Mon 10:30', split, { now: 'Mon 12:00' }))).toMatch(/^MESSAGE_NOT_FOUND/); // not yet
    expect(source.do('Mon 12:00', { ...split, messageAt: instant('Mon 09:00') }).last).toEqual([
      'TicketSplit Mon 12:00',
    ]);
    expect(source.do('Mon 13:00', { ...split, messageAt: instant('Mon 09:00') }).last).toEqual([]);
  });

  it('is judged at once by what its clock has used', () => {
    const resolution = planWith({ targets: [{ metric: 'resolution', target: hours(2) }] });
    const opened = new TicketLife({ plan: resolution }).open('Mon 09:00', { splitFrom: 't0' }, { now: 'Mon 16:00' });
    expect(opened.outcomes.at(-1)).toBe('SlaBreached resolution/1 due Mon 11:00');
  });
});
