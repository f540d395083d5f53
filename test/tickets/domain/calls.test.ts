import { describe, expect, it } from '@jest/globals';
import { instant, refusal, robot, TicketLife } from '../../support/ticket-life.js';

const request = (preferred: { from?: string; until?: string } = {}) =>
  ({
    type: 'RequestCall',
    ...(preferred.from === undefined ? {} : { preferredFrom: instant(preferred.from) }),
    ...(preferred.until === undefined ? {} : { preferredUntil: instant(preferred.until) }),
  }) as const;
const schedule = (at: string) => ({ type: 'ScheduleCall', startsAt: instant(at), with: 'mia' }) as const;
const move = (to: string, by: 'us' | 'customer') => ({ type: 'MoveCall', startsAt: instant(to), by }) as const;
const held = (until: string) => ({ type: 'RecordCallHeld', endedAt: instant(until) }) as const;
const missed = (by: 'us' | 'customer') => ({ type: 'RecordCallMissed', by }) as const;
const cancelled = (by: 'us' | 'customer') => ({ type: 'CancelCall', by }) as const;
const inVain = { type: 'RecordCallAttempt', outcome: 'noAnswer' } as const;

/** A ticket that was answered, so that what is tested is the calls: only the first of each line's clocks matter. */
const answered = (plan = 'advanced') =>
  new TicketLife({ plan }).open('Mon 09:00').do('Mon 09:30', 'RecordFirstResponse').do('Mon 09:31', 'ResolveTicket');

/** What was said of clocks of calls. */
const ofCalls = (ticket: TicketLife) => ticket.last.filter((line) => /callBack|appointment/.test(line));

describe('a call-back', () => {
  it('is due a business day after the customer asked, on Advanced and Enterprise', () => {
    for (const plan of ['advanced', 'enterprise'])
      expect(answered(plan).do('Mon 10:00', request()).last).toEqual([
        'CallRequested Mon 10:00',
        'SlaClockStarted callBack/1 due Tue 10:00',
      ]);
  });

  it('is not promised on other plans: the call is best effort, with the reason', () => {
    for (const plan of ['community', 'standard', 'pro']) {
      const ticket = answered(plan).do('Mon 10:00', request());
      expect(ticket.last).toEqual(['CallRequested Mon 10:00']);
      expect(ticket.life.call.guarantee).toEqual({ kind: 'bestEffort', reason: 'planWithoutPromise' });
      expect(ticket.notices.at(-1)).toBe('CallRequested callNotPromised');
    }
  });

  it('is met by the start of the first call that a person holds, and breached without one', () => {
    const ticket = answered().do('Mon 10:00', request());
    expect(ofCalls(ticket.do('Tue 10:00', held('Tue 10:30'), { now: 'Tue 10:31' }))).toEqual([
      'SlaAtRisk callBack/1 Mon 16:00',
      'SlaMet callBack/1 Tue 10:00',
    ]);
    expect(ofCalls(answered().do('Mon 10:00', request()).settle('Tue 10:01'))).toEqual([
      'SlaBreached callBack/1 due Tue 10:00',
    ]);
  });

  it('is not met by a call that a program makes', () => {
    const ticket = answered().do('Mon 10:00', request());
    expect(ofCalls(ticket.do('Mon 11:00', held('Mon 11:01'), { now: 'Mon 11:02', actor: robot }))).toEqual([]);
    expect(ticket.notices.at(-1)).toBe('CallHeld automaticReply');
    expect(ofCalls(ticket.do('Mon 11:30', inVain, { actor: robot }))).toEqual([]);
  });

  it('held late but in time by what is recorded later withdraws the breach', () => {
    const ticket = answered().do('Mon 10:00', request()).settle('Tue 12:00');
    expect(ofCalls(ticket.do('Tue 09:59', held('Tue 10:20'), { now: 'Tue 13:00' }))).toEqual([
      'SlaBreachWithdrawn callBack/2 due Tue 10:00 (corrected)',
      'SlaMet callBack/2 Tue 09:59',
    ]);
  });

  it('asked for at a later time is due at the end of that time, never nearer than the target', () => {
    expect(ofCalls(answered().do('Mon 10:00', request({ from: 'Thu 09:00', until: 'Thu 12:00' })))).toEqual([
      'SlaClockStarted callBack/1 due Thu 12:00 (customersTime)',
    ]);
    expect(ofCalls(answered().do('Mon 10:00', request({ until: 'Mon 12:00' })))).toEqual([
      'SlaClockStarted callBack/1 due Tue 10:00',
    ]);
    expect(ofCalls(answered().do('Mon 10:00', request({ from: 'Wed 09:00' })))).toEqual([
      'SlaClockStarted callBack/1 due Thu 09:00 (customersTime)',
    ]);
  });

  it('that reaches nobody stands still until the customer names a time or writes', () => {
    const ticket = answered().do('Mon 10:00', request()).do('Mon 12:00', inVain);
    expect(ofCalls(ticket)).toEqual(['SlaDeadlineMoved callBack/1 due paused (paused)']);
    expect(ofCalls(ticket.do('Wed 10:00', 'RecordCustomerReply'))).toEqual([
      'SlaDeadlineMoved callBack/1 due Wed 16:00 (resumed)',
    ]);
    const other = answered().do('Mon 10:00', request()).do('Mon 12:00', inVain);
    expect(ofCalls(other.do('Mon 13:00', request({ until: 'Wed 15:00' })))).toEqual([
      'SlaDeadlineMoved callBack/2 due Wed 16:00 (customersTime)',
    ]);
  });

  it('ends as unreachable after three attempts in vain', () => {
    const ticket = answered().do('Mon 10:00', request()).do('Mon 11:00', inVain).do('Mon 12:00', inVain);
    expect(ofCalls(ticket)).toEqual([]);
    expect(ofCalls(ticket.do('Mon 13:00', inVain))).toEqual(['SlaClockCancelled callBack/1 Mon 13:00 (unreachable)']);
    expect(ticket.life.call.requestedAt).toBeNull();
    expect(ofCalls(ticket.do('Tue 09:00', request()))).toEqual(['SlaClockStarted callBack/1 due Wed 09:00']);
  });

  it('ends with the ticket that is cancelled, and goes on when that is taken back', () => {
    const ticket = answered().do('Mon 10:00', request());
    expect(ofCalls(ticket.do('Mon 11:00', { type: 'CancelTicket', reason: 'spam' }))).toEqual([
      'SlaClockCancelled callBack/1 Mon 11:00 (cancelled)',
    ]);
    expect(refusal(() => ticket.do('Mon 11:30', held('Mon 11:40'), { now: 'Mon 11:45' }))).toMatch(/^TICKET_CANCELLED/);
    expect(ofCalls(ticket.do('Mon 12:00', 'RestoreTicket'))).toEqual(['SlaClockStarted callBack/2 due Tue 10:00']);
  });

  it('is owed though the ticket is closed in silence', () => {
    const ticket = answered().do('Mon 10:00', request()).do('Mon 11:00', 'CloseTicket');
    expect(ofCalls(ticket)).toEqual([]);
    expect(ofCalls(ticket.do('Mon 12:00', held('Mon 12:10'), { now: 'Mon 12:10' }))).toEqual([
      'SlaMet callBack/1 Mon 12:00',
    ]);
  });

  it('ends without a verdict where the customer calls it off', () => {
    const ticket = answered().do('Mon 10:00', request()).do('Mon 11:00', cancelled('customer'));
    expect(ofCalls(ticket)).toEqual(['SlaClockCancelled callBack/1 Mon 11:00 (customerCancelled)']);
    expect(refusal(() => ticket.do('Mon 12:00', cancelled('customer')))).toMatch(/^CALL_NOT_REQUESTED/);
  });
});

describe('a call that was held', () => {
  it('is our reply at its start, and the next follow-up interval starts at its end', () => {
    const ticket = new TicketLife().open('Mon 09:00').do('Mon 10:00', held('Mon 10:45'), { now: 'Mon 10:50' });
    expect(ticket.last).toEqual([
      'CallHeld Mon 10:00',
      'SlaMet firstResponse/1 Mon 10:00',
      'SlaClockStarted followUp/1 due Tue 10:45',
    ]);
    expect(ticket.life.firstRespondedAt).toBe(instant('Mon 10:00'));
  });

  it('answers the interval before it at its start; a reply during it answers the next when that begins', () => {
    const ticket = new TicketLife().open('Mon 09:00').do('Mon 09:30', 'RecordFirstResponse');
    ticket.do('Mon 10:00', held('Mon 11:00'), { now: 'Mon 11:00' });
    expect(ticket.last.slice(1)).toEqual(['SlaMet followUp/1 Mon 10:00', 'SlaClockStarted followUp/1 due Tue 11:00']);
    ticket.do('Mon 10:30', 'RecordFollowUp', { now: 'Mon 11:30' });
    expect(ticket.last).toContain('SlaMet followUp/1 Mon 11:00');
  });

  it('after resolving starts nothing', () => {
    const ticket = answered().do('Mon 12:00', held('Mon 12:10'), { now: 'Mon 12:10' });
    expect(ticket.last).toEqual(['CallHeld Mon 12:00']);
    expect(ticket.notices.at(-1)).toBe('CallHeld startsNothing');
  });
});

describe('an appointment', () => {
  it('is a promise on every plan, due five real minutes after the time agreed on', () => {
    for (const plan of ['community', 'standard', 'pro', 'advanced', 'enterprise'])
      expect(answered(plan).do('Mon 10:00', schedule('Sat 20:00')).last).toEqual([
        'CallScheduled Mon 10:00',
        'SlaClockStarted appointment/1 due Sat 20:05',
      ]);
  });

  it('is kept by a call from fifteen minutes before on', () => {
    const ticket = answered().do('Mon 10:00', schedule('Mon 14:00'));
    expect(ofCalls(ticket.do('Mon 13:44', held('Mon 13:44:30'), { now: 'Mon 13:44:59' }))).not.toContain(
      'SlaMet appointment/1 Mon 13:44',
    );
    expect(ofCalls(ticket.do('Mon 13:45', held('Mon 14:10'), { now: 'Mon 14:10' }))).toEqual([
      'SlaMet appointment/1 Mon 13:45',
    ]);
    expect(ticket.life.call.startsAt).toBeNull();
  });

  it('is kept by an attempt that reaches nobody', () => {
    const ticket = answered().do('Mon 10:00', schedule('Mon 14:00')).do('Mon 14:02', inVain);
    expect(ofCalls(ticket).at(-1)).toBe('SlaMet appointment/1 Mon 14:02');
  });

  it('of which nobody says what became is breached after its grace', () => {
    const ticket = answered().do('Mon 10:00', schedule('Mon 14:00')).settle('Mon 14:05');
    expect(ofCalls(ticket)).toEqual(['SlaAtRisk appointment/1 Mon 13:03:45']);
    expect(ofCalls(ticket.settle('Mon 14:05:00.001'))).toEqual(['SlaBreached appointment/1 due Mon 14:05']);
    expect(ofCalls(ticket.do('Mon 14:20', held('Mon 14:30'), { now: 'Mon 14:30' }))).toEqual([
      'SlaMetLate appointment/1 Mon 14:20',
    ]);
  });

  it('missed by the customer is never our breach, though it is said after the deadline', () => {
    const ticket = answered().do('Mon 10:00', schedule('Mon 14:00')).do('Mon 14:20', missed('customer'));
    expect(ofCalls(ticket)).toEqual([
      'SlaBreached appointment/1 due Mon 14:05',
      'SlaBreachWithdrawn appointment/2 due Mon 14:05 (corrected)',
      'SlaClockCancelled appointment/2 Mon 14:20 (customerAbsent)',
    ]);
  });

  it('missed by us stays breached', () => {
    const ticket = answered().do('Mon 10:00', schedule('Mon 14:00')).do('Mon 14:20', missed('us'));
    expect(ofCalls(ticket)).toEqual(['SlaBreached appointment/1 due Mon 14:05']);
    expect(ofCalls(ticket.do('Tue 14:20', held('Tue 14:30'), { now: 'Tue 14:30' }))).toEqual([]);
  });

  it('moved by the customer is laid out anew, without fault', () => {
    const ticket = answered().do('Mon 10:00', schedule('Mon 14:00')).do('Mon 13:30', move('Tue 09:00', 'customer'));
    expect(ofCalls(ticket)).toEqual([
      'SlaAtRisk appointment/1 Mon 13:03:45',
      'SlaDeadlineMoved appointment/2 due Tue 09:05 (movedByCustomer)',
    ]);
  });

  it('moved by us is counted, at short notice with less than one business day left', () => {
    const ticket = answered().do('Mon 10:00', schedule('Thu 14:00')).do('Mon 11:00', move('Fri 09:00', 'us'));
    expect(ofCalls(ticket)).toEqual(['SlaDeadlineMoved appointment/2 due Fri 09:05 (movedByUs)']);
    expect(ofCalls(ticket.do('Thu 09:01', move('Mon+1 09:00', 'us'))).at(-1)).toBe(
      'SlaDeadlineMoved appointment/3 due Mon+1 09:05 (movedAtShortNotice)',
    );
  });

  it('moved by the customer gives the call-back that time too; moved by us it does not', () => {
    const asked = () => answered().do('Mon 10:00', request()).do('Mon 10:10', schedule('Mon 14:00'));
    expect(ofCalls(asked().do('Mon 11:00', move('Wed 14:00', 'customer')))).toEqual([
      'SlaDeadlineMoved callBack/2 due Wed 14:05 (customersTime)',
      'SlaDeadlineMoved appointment/2 due Wed 14:05 (movedByCustomer)',
    ]);
    expect(ofCalls(asked().do('Mon 11:00', move('Wed 14:00', 'us')))).toEqual([
      'SlaDeadlineMoved appointment/2 due Wed 14:05 (movedAtShortNotice)',
    ]);
  });

  it('moved after its deadline stays breached, and another begins', () => {
    const ticket = answered().do('Mon 10:00', schedule('Mon 14:00')).do('Mon 15:00', move('Tue 14:00', 'us'));
    expect(ofCalls(ticket)).toEqual([
      'SlaBreached appointment/1 due Mon 14:05',
      'SlaClockStarted appointment/1 due Tue 14:05',
    ]);
  });

  it('called off by the customer ends without a verdict; called off by us it stays promised', () => {
    const agreed = () => answered().do('Mon 10:00', schedule('Tue 14:00'));
    expect(ofCalls(agreed().do('Mon 11:00', cancelled('customer')))).toEqual([
      'SlaClockCancelled appointment/1 Mon 11:00 (customerCancelled)',
    ]);
    const ours = agreed().do('Mon 11:00', cancelled('us'));
    expect(ofCalls(ours)).toEqual([]);
    expect(ofCalls(ours.settle('Tue 15:00'))).toEqual(['SlaBreached appointment/1 due Tue 14:05']);
  });

  it('does not wait with the ticket: an agreed hour is an agreed hour', () => {
    const ticket = answered().do('Mon 09:40', 'ReopenTicket').do('Mon 10:00', schedule('Mon 14:00'));
    ticket.do('Mon 11:00', { type: 'PauseTicket', reason: 'waitingForCustomer' });
    expect(ofCalls(ticket)).toEqual([]);
  });
});

describe('bad input about a call', () => {
  const agreed = () => answered().do('Mon 10:00', schedule('Tue 14:00'));

  it.each([
    ['agreed on for the past', () => answered().do('Mon 10:00', schedule('Mon 09:59')), 'APPOINTMENT_IN_PAST'],
    ['moved into the past', () => agreed().do('Mon 11:00', move('Mon 10:00', 'us')), 'APPOINTMENT_IN_PAST'],
    ['ended before it began', () => answered().do('Mon 10:00', held('Mon 09:59')), 'ENDED_BEFORE_START'],
    ['ended in the future', () => answered().do('Mon 10:00', held('Mon 10:01')), 'OCCURRED_IN_FUTURE'],
    [
      'until before from',
      () => answered().do('Mon 10:00', request({ from: 'Wed 10:00', until: 'Wed 09:00' })),
      'UNTIL_TOO_EARLY',
    ],
    ['a second one agreed on', () => agreed().do('Mon 11:00', schedule('Wed 14:00')), 'CALL_SCHEDULED'],
    ['moved without one', () => answered().do('Mon 11:00', move('Wed 14:00', 'us')), 'CALL_NOT_SCHEDULED'],
    ['missed without one', () => answered().do('Mon 11:00', missed('us')), 'CALL_NOT_SCHEDULED'],
  ])('%s is refused, and nothing is recorded', (_, work, code) => {
    expect(refusal(work)).toMatch(new RegExp(`^${code}: `));
  });

  it('an import may tell of an appointment of the past', () => {
    const imported = { id: 'i1', startedAt: instant('Fri 09:00') };
    const ticket = new TicketLife({ plan: 'advanced', import: imported }).open('Mon 09:00');
    expect(ticket.do('Mon 10:00', schedule('Mon 09:30'), { now: 'Fri 10:00', mayBackdate: true }).last).toHaveLength(2);
  });

  it('the same again is already so', () => {
    const ticket = agreed().do('Mon 10:30', request());
    expect(ticket.do('Mon 11:00', schedule('Tue 14:00')).last).toEqual([]);
    expect(ticket.do('Mon 11:00', move('Tue 14:00', 'us')).last).toEqual([]);
    expect(ticket.do('Mon 11:00', request()).last).toEqual([]);
  });
});
