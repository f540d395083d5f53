import { describe, expect, it } from '@jest/globals';
import { type ReportedType } from '../../src/tickets/domain/facts.js';
import { readBulk, readMutation } from '../../src/tickets/graphql/event-readers.js';

const faultsIn = (read: typeof readBulk | typeof readMutation, type: ReportedType, input: object) => {
  const faults: string[] = [];
  read(type, input, (_, fault) => faults.push(fault));
  return faults;
};

describe('all faults of an event', () => {
  it.each<readonly [type: ReportedType, input: object, faults: readonly string[]]>([
    [
      'TicketOpened',
      { ticket: '!', customer: '', priority: '', subject: 'x', text: 'hm' },
      [
        'text is not a field of TicketOpened',
        'occurredAt is missing',
        'customer must be 1 to 200 characters without control characters',
        'ticket must be 1 to 100 letters, digits or . : @ / + - _',
        'type is missing',
        'channel is missing',
        'priority must be 1 to 60 characters without control characters',
      ],
    ],
    [
      'TicketMerged',
      { externalId: '7', subject: 'x' },
      [
        'source must be given with externalId',
        'subject is not a field of TicketMerged',
        'occurredAt is missing',
        'into is missing',
      ],
    ],
    [
      'TicketCorrected',
      { occurredAt: 0 },
      [
        'ticket is missing: name the ticket by ticket, by source and externalId, or by ofReference',
        'subject, reference, application, users: one of these is required',
      ],
    ],
    [
      'TicketOpened',
      { occurredAt: 0, customer: 'acme', type: 'a', channel: 'b', subject: 'c', source: 'desk', users: [''] },
      ['users[0] must be text that is not empty', 'source and externalId must be given together'],
    ],
  ])('are told at once: %s %j', (type, input, faults) => {
    expect(faultsIn(readBulk, type, input)).toEqual(faults);
  });

  it('are told of a mutation as well', () => {
    expect(faultsIn(readMutation, 'TicketPaused', { reference: 'R', source: 'desk', reason: 'tired' })).toEqual([
      'source must not be given with reference: name the ticket once, by id, by source and externalId, or by reference',
      'reason must be one of waitingForCustomer, waitingForThirdParty, scheduled, onHold',
    ]);
  });
});
