import { describe, expect, it } from '@jest/globals';
import { builtInWords } from '../../src/catalogue/domain/built-in-words.js';
import { pledgeNdjson } from '../../src/imports/formats/pledge-ndjson.js';
import { importLog } from '../../src/imports/import-log.js';
import { type ImportFormat } from '../../src/imports/import-record.js';
import { mappedLog } from '../../src/imports/mapping/mapped-log.js';
import { parseMapping } from '../../src/imports/mapping/mapping.js';
import { deriveId } from '../../src/event-sourcing/derive-id.js';

/** What a log's rows are recorded as: the ticket, the kind of order, the fact's id; in the order of the log. */
async function idsOf(format: ImportFormat, log: string, source = 'test'): Promise<readonly string[]> {
  const recorded: string[] = [];
  async function* bytes() {
    yield Buffer.from(log);
  }
  await importLog(format.read(bytes()), {
    source,
    signal: new AbortController().signal,
    rejected: ({ line, message }) => recorded.push(`line ${line}: ${message}`),
    progressed: () => undefined,
    sink: {
      words: () => Promise.resolve(builtInWords),
      define: () => Promise.resolve({ kind: 'recorded', events: 1 }),
      called: () => Promise.resolve([]),
      record: (ticket, facts) => {
        for (const { factId, command } of facts) recorded.push(`${ticket} ${command.type} ${factId}`);
        return Promise.resolve(facts.map(() => ({ kind: 'recorded', events: 1 })));
      },
    },
  });
  return recorded;
}

const line = (event: string, more: object = {}, time = '09:00') =>
  JSON.stringify({ event, ticket: 'A-1', occurredAt: `2026-03-02T${time}:00Z`, actor: { id: 'mia' }, ...more });
const opening = { customer: 'Acme Ltd', type: 'productBug', channel: 'email', subject: 'Naïve «façade» 𝄞' };

describe('the ids of imported rows', () => {
  it('are what they always were, of each kind of row in Pledge’s own format', async () => {
    const log = [
      line('TicketOpened', { ...opening, priority: 'high', users: ['u1'], origin: 'noRequest' }),
      line('FirstResponseSent', { channel: 'phone' }),
      line('FollowUpSent'),
      line('CustomerReplied'),
      line('TicketPaused', { reason: 'onHold' }),
      line('TicketResumed'),
      line('TicketAssigned', { assignee: 'mia' }),
      line('TicketReclassified', { type: 'onBoarding' }),
      line('PlanReapplied', { version: 2 }),
      line('InternalNoteAdded', { text: 'hm' }),
      line('TicketResolved'),
      line('TicketClosed'),
      line('TicketReopened'),
      line('TicketCancelled', { reason: 'spam' }),
      line('TicketMerged', { into: 'B-1' }),
      line('TicketSplit', { into: 'C-1', messageAt: '2026-03-02T09:00:00Z' }),
      line('TicketCorrected', { subject: 'It stopped', users: ['u2'] }),
    ];
    expect(await idsOf(pledgeNdjson, log.join('\n'))).toEqual(
      [
        'OpenTicket 41d63eb2-e4af-5fe7-96f8-5bd4b1605f3e',
        'RecordFirstResponse cd33d930-d2c1-570e-9228-e649721511c2',
        'RecordFollowUp 46b6a95b-1933-5de1-9d8a-b8d31d6f4116',
        'RecordCustomerReply 5efe3f18-29a5-5e36-bc2c-22eb3341b1e5',
        'PauseTicket 60156d30-ca87-536c-927a-603b7a28d028',
        'ResumeTicket 361850eb-b4c3-5e2e-a0af-4405c34f2170',
        'AssignTicket 66c3fb22-7f05-5439-835f-231603c14355',
        'ReclassifyTicket 4458cdd8-19d9-5138-9d3f-91845cc2fa32',
        'ReapplyPlan dba2af89-a95b-56d1-b9fa-743ba8ed9c89',
        'AddInternalNote 9610c293-2271-5bc4-beb3-f0032c30dabf',
        'ResolveTicket b82297d2-5121-594a-b9db-b9da73752857',
        'CloseTicket 70c15271-935f-5038-928f-c4e2618e75c3',
        'ReopenTicket 53b31fdb-fd66-5cf6-a110-537aca7e2f4d',
        'CancelTicket b2785a28-49db-5947-a1e4-497703dd31b5',
        'MergeTicket b2ed4d72-32ec-5178-a214-338faa010e56',
        'SplitTicket a9477feb-bed8-516a-9acb-4625b03cbbf5',
        'CorrectTicket d8344224-ffa3-54bf-bea4-f4eff2767d8a',
      ].map((fact) => `fcb58384-4e72-5f99-a169-829efc267ad7 ${fact}`),
    );
  });

  it('are what they always were, of each kind of row that a mapping reads', async () => {
    const mapping = parseMapping({
      ...{ source: 'desk', rows: 'events', times: { zone: 'UTC' } },
      ...{ ticket: { column: 'id' }, at: { column: 'at' }, actor: { column: 'who' }, customer: { column: 'who for' } },
      ...{ type: { column: 'type' }, channel: 'email', subject: { text: 'About {id}' }, assignee: { column: 'who' } },
      state: {
        column: 'what',
        values: {
          ...{ took: ['open', 'firstResponse', 'assigned'], wrote: 'reply', asked: ['reply', 'waitingForCustomer'] },
          ...{ heard: 'customerReply', solved: 'resolved', over: ['closed', 'automatic'], odd: 'note' },
          ...{ lost: 'spam' },
        },
      },
    });
    const rows = ['took', 'wrote', 'asked', 'heard', 'solved', 'over', 'odd', 'took', 'lost'].map(
      (what, i) => `T-1,2026-03-02T1${i}:00:00,mia, Acme Ltd ,${i < 7 ? 'productBug' : 'onBoarding'},${what}`,
    );
    const log = ['id,at,who,who for,type,what', ...rows].join('\n');
    expect(await idsOf(mappedLog(mapping), log, 'desk')).toEqual(
      [
        'OpenTicket c17016c7-d6ed-58ec-8ad0-d00274b9263e',
        'AssignTicket c314deee-224e-577c-b8c3-1f21f91b8a4b',
        'RecordFirstResponse 1e6ee401-e9d8-579b-ab0c-4f89019054bc',
        'RecordFollowUp b46658f7-efaf-5df1-9291-f63f67a7f6be',
        'RecordFollowUp 8f21ebe6-bc66-5dc0-a152-3212c663de88',
        'PauseTicket 4f4b5e1a-c997-53fa-9e87-14ab40621aa4',
        'RecordCustomerReply 25366215-e37a-5c0e-84f1-f44a0251cd19',
        'ResolveTicket d66c5ae0-a112-5385-889b-7115fa2cb96e',
        'CloseTicket 01e6e532-8340-5fa7-9935-eacc5c8e356a',
        'AddInternalNote 36636ddd-230a-5da9-88fb-29c4bdfc93ae',
        'ReclassifyTicket 34a13c89-65e9-5c02-9a84-444f572eac63',
        'ReopenTicket 9d18e216-e786-5e1c-8730-37ddf96dfae4',
        'CancelTicket 17b20796-0f54-5b7c-b562-1ecab5ae516c',
      ].map((fact) => `ecc166e1-b9d2-5dd8-af6c-2dde6df181cd ${fact}`),
    );
  });

  it('do not hang on the order of fields, on blanks around a customer, nor on what is said that goes without saying', async () => {
    const ids = (more: object) => idsOf(pledgeNdjson, line('TicketOpened', more));
    const { customer, ...rest } = opening;
    const plain = await ids(opening);
    expect(await ids({ ...rest, customer: `  ${customer} ` })).toEqual(plain);
    const spelled = { priority: 'normal', users: [], origin: 'customerRequest', reference: 'A-1' };
    expect(await ids({ ...spelled, ...opening })).toEqual(plain);
    expect(await ids({ ...opening, priority: 'high' })).not.toEqual(plain);
    const resolved = (more: object) => idsOf(pledgeNdjson, line('TicketResolved', more));
    expect(await resolved({ publicReply: true })).toEqual(await resolved({}));
    expect(await resolved({ publicReply: false })).not.toEqual(await resolved({}));
  });

  it('count how often the same came before with something else in between', async () => {
    const [resolved, reopened] = [line('TicketResolved'), line('TicketReopened')];
    const of = async (...lines: string[]) => (await idsOf(pledgeNdjson, lines.join('\n'))).map((id) => id.slice(-36));
    const [once] = await of(resolved);
    expect(await of(resolved, resolved)).toEqual([once, once]);
    const [a, b, c, d] = await of(resolved, reopened, resolved, resolved);
    expect([a, c === a, d]).toEqual([once, false, c]);
    const other = line('TicketClosed', { ticket: 'A-2' });
    expect((await of(resolved, other, resolved)).filter((id) => id === once)).toHaveLength(2); // of another ticket
    const again = await of(resolved, reopened, resolved, reopened, resolved);
    expect(new Set(again).size).toBe(5);
    expect(again.slice(0, 3)).toEqual([a, b, c]);
    const opened = line('TicketOpened', opening);
    expect(new Set(await of(opened, reopened, opened)).size).toBe(2); // a ticket is opened once
  });

  it('are those that everybody derives from the same parts', () => {
    expect(deriveId('ticket', 'test', 'A-1')).toBe('fcb58384-4e72-5f99-a169-829efc267ad7');
    expect(deriveId('key', 'developer', 'A-1', 'k')).toBe('f5d80a53-9f84-5025-ad6e-c26f2ccf7253');
  });
});
