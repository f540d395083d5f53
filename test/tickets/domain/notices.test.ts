import { describe, expect, it } from '@jest/globals';
import { hours, planWith, robot, TicketLife } from '../../support/ticket-life.js';

const automatically = { actor: robot };
const pause = { type: 'PauseTicket', reason: 'waitingForCustomer' } as const;
const life = (setting?: ConstructorParameters<typeof TicketLife>[0]) => new TicketLife(setting).open('Mon 09:00');
const nextReply = planWith({
  followUpStarts: 'nextReply',
  targets: [{ metric: 'followUp', target: hours(2) }],
});

describe('what counts for nothing', () => {
  it.each<readonly [what: string, ticket: TicketLife, notices: readonly string[]]>([
    [
      'an automatic reply',
      life().do('Mon 09:01', 'RecordFirstResponse', automatically),
      ['FirstResponseSent automaticReply'],
    ],
    [
      'an automatic follow-up',
      life().do('Mon 09:01', 'RecordFirstResponse').do('Mon 09:02', 'RecordFollowUp', automatically),
      ['FollowUpSent automaticReply'],
    ],
    [
      'a resolution that a program tells',
      life().do('Mon 09:01', 'ResolveTicket', automatically),
      ['TicketResolved automaticReply'],
    ],
    [
      'no resolution that a program makes in silence',
      life().do('Mon 09:01', { type: 'ResolveTicket', publicReply: false }, automatically),
      [],
    ],
    [
      'an automatic message for the customer',
      life().do('Mon 09:01', 'RecordCustomerReply', automatically),
      ['CustomerReplied automaticMessage'],
    ],
    [
      'a reply after resolving',
      life().do('Mon 10:00', 'ResolveTicket').do('Mon 11:00', 'RecordFollowUp'),
      ['FollowUpSent startsNothing'],
    ],
    [
      "a customer's message after closing",
      life().do('Mon 10:00', 'CloseTicket').do('Mon 11:00', 'RecordCustomerReply'),
      ['CustomerReplied startsNothing'],
    ],
    ['a wait that pauses no first response', life().do('Mon 10:00', pause), ['TicketPaused pausesNothing']],
    ['no wait that pauses a follow-up', life().do('Mon 10:00', 'RecordFirstResponse').do('Mon 11:00', pause), []],
    [
      'a wait where the customer has not asked again',
      life({ plan: nextReply }).do('Mon 10:00', 'RecordFirstResponse').do('Mon 11:00', pause),
      ['TicketPaused pausesNothing'],
    ],
    [
      'no wait where the customer has asked again',
      life({ plan: nextReply })
        .do('Mon 10:00', 'RecordFirstResponse')
        .do('Mon 10:30', 'RecordCustomerReply')
        .do('Mon 11:00', pause),
      [],
    ],
    ['no wait where no clock runs', life({ plan: 'community' }).do('Mon 10:00', pause), []],
    [
      'a message that was split off',
      life()
        .do('Mon 10:00', 'RecordCustomerReply')
        .do('Mon 11:00', { type: 'SplitTicket', into: 'other', messageAt: Date.UTC(2026, 2, 2, 10) }),
      ['CustomerReplied splitOff'],
    ],
    [
      'a reply that a late cancelling makes senseless',
      life()
        .do('Mon 11:00', 'RecordFirstResponse')
        .do('Mon 10:00', { type: 'CancelTicket', reason: 'spam' }, { now: 'Mon 12:00' }),
      ['FirstResponseSent withoutEffect'],
    ],
    [
      'a time just ahead of ours',
      life().do('Mon 09:04', 'RecordFirstResponse', { now: 'Mon 09:01' }),
      ['FirstResponseSent clampedToRecording'],
    ],
    [
      'no ordinary life',
      life()
        .do('Mon 10:00', 'RecordFirstResponse')
        .do('Mon 11:00', 'RecordCustomerReply')
        .do('Mon 12:00', 'ResolveTicket'),
      [],
    ],
  ])('is noticed: %s', (_, ticket, notices) => {
    expect(ticket.notices).toEqual(notices);
  });
});
