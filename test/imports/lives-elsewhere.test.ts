import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pledgeNdjson } from '../../src/imports/formats/pledge-ndjson.js';
import { mappedLog } from '../../src/imports/mapping/mapped-log.js';
import { parseMapping } from '../../src/imports/mapping/mapping.js';
import { ImportedDesk } from '../support/imported-desk.js';

type Row = readonly [ticket: string, at: string, event: string, more?: object];

/** A line of a log of March 2026, in Kiel; done by an agent, unless it is said otherwise. */
const line = ([ticket, at, event, more = {}]: Row) => {
  const [, time = '', zone = '+01:00'] = /^(.*?)(Z)?$/.exec(at) ?? [];
  const occurredAt = `2026-03-${/:\d\d:/.test(time) ? time : `${time}:00`}${zone}`;
  return JSON.stringify({ event, ticket, occurredAt, actor: { id: 'ola' }, ...more });
};
const log = (...rows: readonly Row[]) => rows.map(line).join('\n');
const opened = (ticket: string, at: string, customer: string, more: object = {}): Row => [
  ticket,
  at,
  'TicketOpened',
  { actor: { id: 'ben' }, customer, type: 'productBug', channel: 'email', subject: 'It stopped', ...more },
];
const byCustomer = { actor: { id: 'ben' } };
const automatically = { actor: { id: 'ben', kind: 'automatic' } };

/** What the public threads of other desks tell of, as logs of theirs would have it; each is right here. */
describe('the log of another desk', () => {
  let desk: ImportedDesk;
  beforeEach(async () => {
    desk = await ImportedDesk.at('2026-04-01T12:00:00Z');
  });
  afterEach(() => desk.close());

  const take = (...rows: readonly Row[]) => desk.take(pledgeNdjson, log(...rows));

  describe('that splits a ticket and goes on with the new one in the next row (erpnext#18621)', () => {
    const rows: readonly Row[] = [
      opened('S1', '02T09:00', 'c-full'),
      ['S1', '02T09:30', 'FirstResponseSent'],
      ['S1', '03T09:00', 'CustomerReplied', byCustomer],
      [
        'S1',
        '03T09:20',
        'TicketSplit',
        { into: 'S2', messageAt: '2026-03-03T09:00:00+01:00', subject: 'Another thing' },
      ],
      ['S2', '03T10:00', 'FirstResponseSent'],
      ['S2', '03T11:00', 'TicketResolved'],
      ['S2', '04T11:00', 'TicketClosed'],
    ];

    it.each(['file', 'pipe'] as const)(
      'has it open at once, and nothing breached that was in time (%s)',
      async (how) => {
        const { recorded, refused } = await desk.take(pledgeNdjson, log(...rows), how);
        expect([recorded, refused]).toEqual([7, []]);
        expect(await desk.clocks('S2')).toEqual([
          'firstResponse met 03T09:00',
          'resolution met 03T10:00',
          'followUp met 03T10:00',
        ]);
        expect(await desk.types('S2')).not.toContain('SlaBreached');
        expect(await desk.view('S2')).toMatchObject({ splitFrom: desk.idOf('S1'), reference: 'S2', status: 'closed' });
        expect(await desk.stuck()).toEqual([]);
        expect(await desk.take(pledgeNdjson, log(...rows), how)).toMatchObject({
          recorded: 0,
          alreadySo: 7,
          refused: [],
        });
      },
    );

    it('names the tickets as the log does, where it refuses a row', async () => {
      const { refused } = await take(
        ['S0', '03T10:00', 'FirstResponseSent'],
        ...rows,
        opened('S3', '05T09:00', 'c-full'),
        ['S3', '05T09:30', 'TicketMerged', { into: 'S1' }],
        ['S3', '05T10:00', 'FirstResponseSent'],
      );
      expect(refused.map((each) => each.replace(/\.$/, ''))).toEqual([
        '1 TICKET_NOT_FOUND: There is no ticket S0',
        expect.stringMatching(/^11 TICKET_MERGED: .*into S1 /),
      ]);
    });
  });

  it.each([
    ['after the split', 'V1 V2'],
    ['before the ticket that it is split off from', 'V2 V1'],
  ])('that opens the ticket that is split off itself as well, %s, says the same twice', async (_, order) => {
    const own = opened('V2', '03T09:00', 'c-full', { subject: 'Another thing' });
    const split: readonly Row[] = [
      opened('V1', '02T09:00', 'c-full'),
      ['V1', '03T09:00', 'CustomerReplied', byCustomer],
      [
        'V1',
        '03T09:20',
        'TicketSplit',
        { into: 'V2', messageAt: '2026-03-03T09:00:00+01:00', subject: 'Another thing' },
      ],
    ];
    const isFirst = order === 'V2 V1';
    // In a log of its own, so that it is there before.
    if (isFirst) expect(await take(own)).toMatchObject({ refused: [] });
    const rows: readonly Row[] = [...split, ...(isFirst ? [] : [own]), ['V2', '03T10:00', 'FirstResponseSent']];
    expect(await take(...rows)).toMatchObject({ refused: [] });
    expect(await desk.view('V2')).toMatchObject({
      splitFrom: desk.idOf('V1'),
      openedAt: Date.parse('2026-03-03T08:00Z'),
    });
    expect((await desk.clocks('V2'))[0]).toBe('firstResponse met 03T09:00');
    expect(await desk.stuck()).toEqual([]);
    expect(await take(...rows)).toMatchObject({ recorded: 0, refused: [] });
  });

  it('with an automatic message of the customer five seconds after our answer waits on (zammad#5113)', async () => {
    const { refused } = await take(
      opened('A1', '02T09:00', 'c-full'),
      ['A1', '02T10:00', 'FirstResponseSent'],
      ['A1', '02T10:00', 'TicketPaused', { reason: 'waitingForCustomer' }],
      ['A1', '02T10:00:05', 'CustomerReplied', automatically],
      ['A1', '09T09:00', 'InternalNoteAdded', { text: 'still waiting' }],
      ['A1', '09T10:00', 'CustomerReplied', byCustomer],
      ['A1', '09T11:00', 'TicketResolved'],
      opened('A2', '02T09:00', 'c-nextk'),
      ['A2', '02T10:00', 'FirstResponseSent'],
      ['A2', '02T10:00:05', 'CustomerReplied', automatically],
      ['A2', '09T09:00', 'InternalNoteAdded', { text: 'nothing to answer' }],
    );
    expect(refused).toEqual([]);
    expect(await desk.clocks('A1')).toEqual([
      'firstResponse met 02T09:00',
      'resolution met 09T10:00',
      'followUp met 09T10:00',
    ]);
    expect(await desk.view('A1')).toMatchObject({ lastCustomerReplyAt: Date.parse('2026-03-09T09:00Z') });
    expect(await desk.clocks('A2')).toEqual(['firstResponse met 02T09:00']);
    expect(await desk.view('A2')).toMatchObject({ lastCustomerReplyAt: null });
  });

  it('that resolves, reopens and resolves in one minute says three things, and the same every time', async () => {
    const [resolve, reopen] = ['TicketResolved', 'TicketReopened'];
    const rows: readonly Row[] = [
      opened('M1', '02T09:00Z', 'c-hour'),
      ...[resolve, reopen, resolve].map((event): Row => ['M1', '02T09:30Z', event]),
      opened('M2', '02T09:00Z', 'c-hour'),
      ['M2', '02T09:30Z', 'TicketPaused', { reason: 'onHold' }],
      ['M2', '02T09:30Z', 'TicketResumed'],
      ['M2', '02T09:30Z', 'TicketPaused', { reason: 'onHold' }],
      ['M2', '02T19:30Z', 'TicketResumed'],
      ['M2', '02T19:45Z', 'TicketResolved'],
      opened('M3', '02T09:00Z', 'c-hour'),
      ...['urgent', 'low', 'urgent'].map((priority): Row => ['M3', '02T09:30Z', 'TicketReclassified', { priority }]),
    ];
    expect(await take(...rows)).toMatchObject({ recorded: rows.length, refused: [] });
    expect([(await desk.view('M1')).status, await desk.clocks('M1')]).toEqual([
      'resolved',
      ['resolution met 02T09:30', 'resolution met 02T09:30'],
    ]);
    expect(await desk.clocks('M2')).toEqual(['resolution met 02T19:45']);
    expect((await desk.view('M2')).clocks()).toMatchObject([{ dueAt: Date.parse('2026-03-02T20:00Z') }]);
    expect((await desk.view('M3')).priority).toBe('urgent');
    expect(await take(...rows)).toMatchObject({ recorded: 0, alreadySo: rows.length });
  });

  it('does so as a CSV file, by a mapping', async () => {
    const mapping = parseMapping({
      ...{ source: 'desk', rows: 'snapshots', times: { format: 'dd/MM/yyyy HH:mm', zone: 'UTC' } },
      ...{
        ticket: { column: 'id' },
        at: { column: 'date' },
        actor: { column: 'who' },
        customer: { column: 'company' },
      },
      ...{ type: 'productBug', channel: 'email', subject: 'It stopped' },
      state: { column: 'what', values: { Received: 'open', Solved: 'resolved' } },
    });
    const csv = `id,date,who,company,what
C1,02/03/2026 09:00,ben,c-hour,Received
C1,02/03/2026 09:30,ola,c-hour,Solved
C1,02/03/2026 09:30,ola,c-hour,Received
C1,02/03/2026 09:30,ola,c-hour,Solved
`;
    expect(await desk.take(mappedLog(mapping), csv)).toMatchObject({ refused: [] });
    expect((await desk.view('C1')).status).toBe('resolved');
    expect((await desk.clocks('C1')).at(-1)).toBe('resolution met 02T09:30');
    expect(await desk.take(mappedLog(mapping), csv)).toMatchObject({ recorded: 0, refused: [] });
  });

  it('that splits the message off which a next-reply clock counts from has one promise for it', async () => {
    const { refused } = await take(
      opened('N1', '02T09:00', 'c-nextk'),
      ['N1', '02T10:00', 'FirstResponseSent'],
      ['N1', '03T09:00', 'CustomerReplied', byCustomer],
      [
        'N1',
        '03T09:20',
        'TicketSplit',
        { into: 'N2', messageAt: '2026-03-03T09:00:00+01:00', subject: 'Another thing' },
      ],
      ['N1', '03T15:00', 'InternalNoteAdded', { text: 'the message went to N2' }],
    );
    expect(refused).toEqual([]);
    expect(await desk.clocks('N1')).toEqual(['firstResponse met 02T09:00', 'followUp cancelled (superseded) 03T08:20']);
    expect(await desk.types('N1')).not.toContain('SlaBreached');
    expect(await desk.clocks('N2')).toEqual(['firstResponse breached 03T12:00']);
  });

  it('that merges an unanswered ticket into one that is answered and resolved keeps its promise (zammad#4203)', async () => {
    const { refused } = await take(
      opened('MA', '02T09:00', 'c-nextk'),
      ['MA', '02T09:30', 'FirstResponseSent'],
      ['MA', '02T10:00', 'TicketResolved'],
      opened('MB', '03T09:00', 'c-nextk'),
      ['MB', '03T10:00', 'TicketMerged', { into: 'MA' }],
      ['MA', '06T10:00', 'InternalNoteAdded', { text: 'nobody has answered the request of 3 March' }],
    );
    expect(refused).toEqual([]);
    expect(await desk.clocks('MB')).toEqual(['firstResponse cancelled (merged) 03T09:00']);
    expect(await desk.clocks('MA')).toEqual(['firstResponse met 02T08:30', 'firstResponse breached 03T12:00']);
    const [, request] = (await desk.view('MA')).clocks();
    expect(request).toMatchObject({ from: desk.idOf('MB'), startedAt: Date.parse('2026-03-03T08:00Z') });
    expect(await desk.queue()).toEqual(['MA']);
  });

  it('that opened a ticket as urgent by mistake has it judged by the right class, from its opening (osTicket#5160)', async () => {
    const { refused } = await take(
      opened('E1', '02T09:00', 'c-urgent', { priority: 'urgent' }),
      ['E1', '02T11:00', 'TicketReclassified', { priority: 'normal' }],
      ['E1', '02T12:00', 'PlanReapplied'],
      ['E1', '03T09:00', 'TicketResolved'],
    );
    expect(refused).toEqual([]);
    expect(await desk.clocks('E1')).toEqual(['resolution met 03T08:00']);
    expect(await desk.types('E1')).toContain('SlaBreachWithdrawn');
  });

  describe('that reopens a ticket which it had cancelled as spam (freescout#1351, osTicket#5325)', () => {
    it('had done so by mistake: the rest is taken, and judged as if it had not been', async () => {
      const rows: readonly Row[] = [
        opened('SP1', '02T09:00', 'c-full'),
        ['SP1', '02T09:05', 'TicketCancelled', { reason: 'spam' }],
        ['SP1', '02T09:06', 'TicketReopened'],
        ['SP1', '02T15:00', 'FirstResponseSent'],
        ['SP1', '02T16:00', 'TicketResolved'],
      ];
      expect(await take(...rows)).toMatchObject({ recorded: 5, refused: [] });
      expect(await desk.clocks('SP1')).toEqual([
        'firstResponse metLate 02T14:00',
        'resolution met 02T15:00',
        'followUp met 02T15:00',
      ]);
      expect(await desk.types('SP1')).toContain('TicketRestored');
      expect(await desk.view('SP1')).toMatchObject({ status: 'resolved', cancelledAt: null, cancelReason: null });
      expect(await take(...rows)).toMatchObject({ recorded: 0, alreadySo: 5, refused: [] });
    });

    it('and had resolved before takes it up again too', async () => {
      const { refused } = await take(
        opened('SP2', '02T09:00', 'c-full'),
        ['SP2', '02T10:00', 'TicketResolved'],
        ['SP2', '02T11:00', 'TicketCancelled', { reason: 'duplicate' }],
        ['SP2', '02T12:00', 'TicketReopened'],
        ['SP2', '02T13:00', 'FollowUpSent'],
      );
      expect(refused).toEqual([]);
      expect(await desk.view('SP2')).toMatchObject({ status: 'open', reopenings: 1 });
    });

    it('does so in a CSV log too, whether it says so or just goes on', async () => {
      const mapping = parseMapping({
        ...{ source: 'desk', rows: 'snapshots', times: { format: 'iso' } },
        ...{ ticket: { column: 'id' }, at: { column: 'date' } },
        ...{ customer: 'c-hour', type: 'productBug', channel: 'email', subject: 'It stopped' },
        state: { column: 'what', values: { New: 'open', Spam: 'spam', Solved: 'resolved' } },
      });
      const csv = `id,date,what
D1,2026-03-02T09:00:00Z,New
D1,2026-03-02T09:10:00Z,Spam
D1,2026-03-02T09:20:00Z,New
D1,2026-03-02T09:50:00Z,Solved
D2,2026-03-02T09:00:00Z,New
D2,2026-03-02T09:10:00Z,Spam
D2,2026-03-02T09:50:00Z,Solved
`;
      expect(await desk.take(mappedLog(mapping), csv)).toMatchObject({ refused: [] });
      for (const ticket of ['D1', 'D2']) expect(await desk.clocks(ticket)).toEqual(['resolution met 02T09:50']);
    });
  });
});
