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

describe('the call that the customer of a merged ticket waits for', () => {
  /** A ticket whose customer has asked for a call and agreed on a time for it, and what it says when it is merged. */
  const merged = () =>
    new TicketLife()
      .open('Mon 09:00')
      .do('Mon 09:30', 'RecordFirstResponse')
      .do('Mon 10:00', { type: 'RequestCall' })
      .do('Mon 10:30', { type: 'ScheduleCall', startsAt: instant('Tue 14:00') })
      .do('Mon 11:00', into('t2'));
  const told = () => {
    const [command] = says(merged());
    if (command?.type !== 'ReceiveMerge') throw new Error('it says nothing of a merge');
    return { ...command, merge: 'm1' };
  };
  const survivor = () => new TicketLife().open('Mon 08:00').do('Mon 08:30', 'ResolveTicket');
  const ofCalls = ({ last }: TicketLife) => last.filter((line) => /callBack|appointment/.test(line));

  it('goes along: it has its clocks there, from their own starts', () => {
    expect(ofCalls(merged())).toEqual([
      'SlaClockCancelled callBack/1 Mon 11:00 (merged)',
      'SlaClockCancelled appointment/1 Mon 11:00 (merged)',
    ]);
    const other = survivor().do('Mon 11:00', told());
    expect(ofCalls(other)).toEqual([
      'SlaClockStarted callBack/1 due Tue 10:00',
      'SlaClockStarted appointment/1 due Tue 14:05',
    ]);
    expect(other.life.call).toMatchObject({ requestedAt: instant('Mon 10:00'), startsAt: instant('Tue 14:00') });
    const held = { type: 'RecordCallHeld', endedAt: instant('Tue 14:20') } as const;
    expect(ofCalls(other.do('Tue 14:00', held, { now: 'Tue 14:20' }))).toEqual(
      [
        'SlaAtRisk appointment/1 Tue 07:11:15',
        'SlaMetLate callBack/1 Tue 14:00',
        'SlaMet appointment/1 Tue 14:00',
      ].toSpliced(0, 0, 'SlaBreached callBack/1 due Tue 10:00'),
    );
    expect(other.life.call.requestedAt).toBeNull();
  });

  it('is asked for once: the same customer names another time in the ticket that goes on', () => {
    const other = survivor().do('Mon 11:00', told());
    const again = { type: 'RequestCall', preferredUntil: instant('Thu 12:00') } as const;
    expect(ofCalls(other.do('Mon 12:00', again))).toEqual([
      'SlaDeadlineMoved callBack/2 due Thu 12:00 (customersTime)',
    ]);
    expect(
      ofCalls(other.do('Mon 13:00', { type: 'MoveCall', startsAt: instant('Wed 14:00'), by: 'customer' })),
    ).toEqual([
      'SlaDeadlineMoved callBack/3 due Wed 14:05 (customersTime)',
      'SlaDeadlineMoved appointment/2 due Wed 14:05 (movedByCustomer)',
    ]);
  });

  it('does not, where it turns out not to have been merged', () => {
    const other = survivor().do('Mon 11:00', told());
    expect(ofCalls(other.do('Mon 11:00', { ...received(null, 99), stands: false, merge: 'm1', from: 't1' }))).toEqual([
      'SlaClockCancelled callBack/2 Mon 11:00 (superseded)',
      'SlaClockCancelled appointment/2 Mon 11:00 (superseded)',
    ]);
    expect(other.life.call.requestedAt).toBeNull();
  });
});

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

  it('leaves a first response alone that was breached', () => {
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

  it('tells the other of each request in it that nobody has answered, the oldest first', () => {
    const older = new TicketLife().open('Mon 09:00').do('Mon 09:30', received('Mon 07:00')).do('Mon 10:00', into('t2'));
    expect(says(older)).toMatchObject([{ others: [{ ticket: 't1', since: instant('Mon 09:00') }] }]);
    const chain = new TicketLife()
      .open('Mon 09:00')
      .do('Mon 10:00', 'RecordFirstResponse')
      .do('Mon 12:00', { ...received('Mon 11:00'), others: [{ ticket: 'a', since: instant('Mon 11:30') }] })
      .do('Mon 12:00', into('t2'));
    expect(says(chain)).toMatchObject([
      { unansweredSince: instant('Mon 11:00'), others: [{ ticket: 'a', since: instant('Mon 11:30') }] },
    ]);
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
    expect([survivor.last, survivor.notices]).toEqual([['MergeReceived Wed 14:00'], ['MergeReceived withoutEffect']]);
  });
});

describe('a request that nobody had answered, merged into a ticket that is answered (zammad#4203)', () => {
  const request = (since: string | null, revision = 1, from = 'later') => ({
    ...received(since, revision),
    ...{ from, merge: `merge of ${from}` },
  });
  const answered = () =>
    new TicketLife({ plan: planWith({ atRiskShare: 0.99, targets: [{ metric: 'firstResponse', target: hours(4) }] }) })
      .open('Mon 09:00')
      .do('Mon 10:00', 'RecordFirstResponse');

  it('has a first response of its own there, from its own opening', () => {
    const survivor = answered().do('Tue 11:00', request('Tue 10:00'));
    expect(survivor.last).toEqual(['MergeReceived Tue 11:00', 'SlaClockStarted firstResponse/1 due Tue 14:00']);
    expect(survivor.events.at(-1)?.data).toMatchObject({
      ...{ run: 'firstResponse:merge of later', from: 'later', startedAt: instant('Tue 10:00') },
    });
    expect(survivor.do('Tue 12:00', 'RecordFollowUp').last).toEqual([
      'FollowUpSent Tue 12:00',
      'SlaMet firstResponse/1 Tue 12:00',
    ]);
  });

  it('is one of several that a ticket hands over, and each keeps its promise', () => {
    const both = { ...request('Mon 16:00'), others: [{ ticket: 'other', since: instant('Tue 10:00') }] };
    const survivor = answered().do('Tue 11:00', both);
    expect(survivor.last).toEqual([
      'MergeReceived Tue 11:00',
      'SlaClockStarted firstResponse/1 due Tue 12:00',
      'SlaClockStarted firstResponse/1 due Tue 14:00',
    ]);
    survivor.do('Tue 13:00', 'RecordFollowUp');
    expect(survivor.last).toEqual([
      'SlaBreached firstResponse/1 due Tue 12:00',
      'FollowUpSent Tue 13:00',
      'SlaMetLate firstResponse/1 Tue 13:00',
      'SlaMet firstResponse/1 Tue 13:00',
    ]);
    expect(survivor.do('Tue 11:00', { ...request('Tue 10:00', 2) }, { now: 'Tue 14:00' }).last.at(-1)).toBe(
      'SlaClockCancelled firstResponse/2 Tue 11:00 (superseded)',
    );
  });

  it('is late there if it was late by then', () => {
    const survivor = answered().do('Wed 11:00', request('Mon 16:00'));
    expect(survivor.last).toEqual([
      'MergeReceived Wed 11:00',
      'SlaClockStarted firstResponse/1 due Tue 12:00',
      'SlaBreached firstResponse/1 due Tue 12:00',
    ]);
  });

  it('is answered by the first reply there at or after its opening, though that was before the merge', () => {
    const survivor = answered().do('Tue 11:00', 'RecordFollowUp').do('Tue 12:00', 'RecordFollowUp');
    expect(survivor.do('Tue 13:00', request('Tue 11:00')).last).toEqual([
      'MergeReceived Tue 13:00',
      'SlaClockStarted firstResponse/1 due Tue 15:00',
      'SlaMet firstResponse/1 Tue 11:00',
    ]);
    const late = answered().do('Tue 13:00', request('Tue 11:00'));
    late.do('Tue 12:00', 'RecordFollowUp', { now: 'Tue 14:00' });
    expect(late.last).toEqual(['FollowUpSent Tue 12:00', 'SlaMet firstResponse/1 Tue 12:00']);
  });

  it.each([
    ['resolved', ['ResolveTicket']],
    ['closed', ['ResolveTicket', 'CloseTicket']],
  ] as const)('waits for that, though the other is %s', (_, commands) => {
    const before = commands.reduce((ticket, command) => ticket.do('Mon 11:00', command), answered());
    before.do('Tue 11:00', request('Tue 10:00'));
    expect(before.last.at(-1)).toBe('SlaClockStarted firstResponse/1 due Tue 14:00');
    expect(before.do('Tue 14:00', 'RecordFollowUp').last.at(-1)).toBe('SlaMet firstResponse/1 Tue 14:00');
    const after = answered().do('Tue 11:00', request('Tue 10:00'));
    after.do('Tue 11:30', { type: 'ResolveTicket', publicReply: false });
    if (commands.length > 1) after.do('Tue 12:00', 'CloseTicket');
    expect(after.settle('Wed 09:00').last).toEqual(['SlaBreached firstResponse/1 due Tue 14:00']);
    expect(after.do('Wed 10:00', 'RecordFollowUp').last.at(-1)).toBe('SlaMetLate firstResponse/1 Wed 10:00');
  });

  it('is one promise each, and told otherwise is corrected', () => {
    const survivor = answered()
      .do('Tue 11:00', request('Tue 10:00', 1, 'a'))
      .do('Tue 12:00', request('Tue 11:00', 1, 'b'));
    expect(survivor.do('Tue 11:00', request(null, 2, 'a'), { now: 'Tue 13:00' }).last).toEqual([
      'MergeReceived Tue 11:00',
      'SlaClockCancelled firstResponse/2 Tue 11:00 (superseded)',
    ]);
    expect(survivor.do('Tue 14:00', 'RecordFollowUp').last).toEqual([
      'FollowUpSent Tue 14:00',
      'SlaMet firstResponse/1 Tue 14:00',
    ]);
  });

  it('goes on when that ticket is merged too, where nobody has answered it since', () => {
    const survivor = answered().do('Tue 11:00', request('Tue 10:00')).do('Tue 12:00', into('t3'));
    expect(survivor.last).toEqual(['TicketMerged Tue 12:00', 'SlaClockCancelled firstResponse/1 Tue 12:00 (merged)']);
    expect(says(survivor)).toMatchObject([{ target: 't3', unansweredSince: instant('Tue 10:00') }]);
    const told = answered().do('Tue 11:00', request('Tue 10:00')).do('Tue 11:30', 'RecordFollowUp');
    expect(says(told.do('Tue 12:00', into('t3')))).toMatchObject([{ unansweredSince: null }]);
  });

  it('is judged by its own opening where the other was opened later', () => {
    const younger = new TicketLife({ plan: planWith({ targets: [{ metric: 'firstResponse', target: hours(4) }] }) })
      .open('Tue 09:00')
      .do('Tue 09:30', 'RecordFirstResponse');
    expect(younger.do('Tue 10:00', request('Mon 16:00')).last).toEqual([
      'MergeReceived Tue 10:00',
      'SlaClockStarted firstResponse/1 due Tue 12:00',
      'SlaMet firstResponse/1 Tue 09:30',
    ]);
  });

  it('has none there where that ticket has no promise, or is cancelled', () => {
    const community = new TicketLife({ plan: 'community' }).open('Mon 09:00').do('Mon 10:00', 'RecordFirstResponse');
    expect(community.do('Tue 11:00', request('Tue 10:00')).outcomes).toEqual([]);
    const spam = answered()
      .do('Tue 09:00', { type: 'CancelTicket', reason: 'spam' })
      .do('Tue 11:00', request('Tue 10:00'));
    expect(spam.last).toEqual(['MergeReceived Tue 11:00']);
    expect(spam.do('Tue 12:00', 'RestoreTicket').last).toEqual([
      'TicketRestored Tue 12:00',
      'SlaClockStarted firstResponse/1 due Tue 14:00',
    ]);
  });

  it('keeps the time that it stood still in its own ticket', () => {
    const pauses = [{ from: instant('Tue 10:00'), to: instant('Tue 11:00') }];
    const survivor = answered().do('Tue 12:00', { ...request('Tue 10:00'), pauses });
    expect(survivor.last.at(-1)).toBe('SlaClockStarted firstResponse/1 due Tue 15:00');
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

  describe('counts in the new ticket alone', () => {
    const plan = planWith({
      ...{ followUpStarts: 'nextReply', atRiskShare: 0.99 },
      targets: [
        { metric: 'firstResponse', target: hours(4) },
        { metric: 'followUp', target: hours(2) },
      ],
    });
    const asked = () =>
      new TicketLife({ plan })
        .open('Mon 09:00')
        .do('Mon 10:00', 'RecordFirstResponse')
        .do('Mon 11:00', 'RecordCustomerReply');

    it('so a next-reply clock that it started ends at the split', () => {
      const ticket = asked().do('Mon 11:20', split);
      expect(ticket.last).toEqual(['TicketSplit Mon 11:20', 'SlaClockCancelled followUp/2 Mon 11:20 (superseded)']);
      expect(ticket.settle('Tue 12:00').last).toEqual([]);
      expect(ticket.life).toMatchObject({ isAsked: false, lastCustomerReplyAt: null });
    });

    it('and its breach is withdrawn', () => {
      expect(asked().settle('Mon 14:00').do('Mon 15:00', split).last).toEqual([
        'TicketSplit Mon 15:00',
        'SlaBreachWithdrawn followUp/2 due Mon 13:00 (superseded)',
        'SlaClockCancelled followUp/2 Mon 15:00 (superseded)',
      ]);
    });

    it('or the clock starts at the next message that nobody has answered', () => {
      const ticket = asked().do('Mon 12:00', 'RecordCustomerReply').do('Mon 12:30', split);
      expect(ticket.last).toEqual([
        'TicketSplit Mon 12:30',
        'SlaClockCancelled followUp/2 Mon 12:30 (superseded)',
        'SlaClockStarted followUp/1 due Mon 14:00',
      ]);
      expect(ticket.life.lastCustomerReplyAt).toBe(instant('Mon 12:00'));
    });

    it('though we had answered by then', () => {
      const ticket = asked().do('Mon 11:30', 'RecordFollowUp').do('Mon 12:00', split);
      expect(ticket.last.at(-1)).toBe('SlaClockCancelled followUp/2 Mon 12:00 (superseded)');
    });

    it('so it ends no wait, under either kind of follow-up', () => {
      for (const followUpStarts of ['nextReply', 'eachReply'] as const) {
        const ticket = new TicketLife({ plan: { ...plan, followUpStarts } }).open('Mon 09:00');
        ticket
          .do('Mon 10:00', 'RecordFirstResponse')
          .do('Mon 10:30', { type: 'PauseTicket', reason: 'waitingForCustomer' });
        ticket.do('Mon 11:00', 'RecordCustomerReply').do('Mon 11:20', split);
        expect(ticket.life.status).toBe('waiting');
      }
    });

    it('which of two at the same instant, the first is', () => {
      const ticket = asked().do('Mon 11:00', 'RecordCustomerReply').do('Mon 11:20', split);
      expect(ticket.last).toContain('SlaClockStarted followUp/1 due Mon 13:00');
      expect(ticket.do('Mon 11:30', { ...split, into: 't3' }).last.at(-1)).toBe(
        'SlaClockCancelled followUp/2 Mon 11:30 (superseded)',
      );
    });
  });

  it('is judged at once by what its clock has used', () => {
    const resolution = planWith({ targets: [{ metric: 'resolution', target: hours(2) }] });
    const opened = new TicketLife({ plan: resolution }).open('Mon 09:00', { splitFrom: 't0' }, { now: 'Mon 16:00' });
    expect(opened.outcomes.at(-1)).toBe('SlaBreached resolution/1 due Mon 11:00');
  });
});
