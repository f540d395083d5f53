import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pledgeNdjson, readLine } from '../../src/imports/formats/pledge-ndjson.js';
import { type ImportRow } from '../../src/imports/import-record.js';
import { mappedLog } from '../../src/imports/mapping/mapped-log.js';
import { parseMapping } from '../../src/imports/mapping/mapping.js';
import { constantCase } from '../../src/parsing/constant-case.js';
import { eventFields, type FieldName, shortNames } from '../../src/tickets/domain/event-fields.js';
import { type ReportedType, reportedTypes } from '../../src/tickets/domain/facts.js';
import { fieldsOf } from '../../src/tickets/domain/reported-events.js';
import { readBulk, readMutation } from '../../src/tickets/graphql/event-readers.js';
import { Api } from '../support/api.js';
import { logRows } from '../support/mapped.js';

const at = '2026-03-02T09:00:00Z';

const mutations: Readonly<Record<ReportedType, readonly [name: string, input: string]>> = {
  TicketOpened: ['openTicket', 'OpenTicketInput'],
  FirstResponseSent: ['recordFirstResponse', 'MessageInput'],
  FollowUpSent: ['recordFollowUp', 'MessageInput'],
  CustomerReplied: ['recordCustomerReply', 'MessageInput'],
  TicketPaused: ['pauseTicket', 'PauseTicketInput'],
  TicketResumed: ['resumeTicket', 'ResumeTicketInput'],
  TicketAssigned: ['assignTicket', 'AssignTicketInput'],
  TicketReclassified: ['reclassifyTicket', 'ReclassifyTicketInput'],
  TicketCorrected: ['correctTicket', 'CorrectTicketInput'],
  PlanReapplied: ['reapplyPlan', 'ReapplyPlanInput'],
  InternalNoteAdded: ['addInternalNote', 'InternalNoteInput'],
  TicketResolved: ['resolveTicket', 'ResolveTicketInput'],
  TicketClosed: ['closeTicket', 'TicketInput'],
  TicketReopened: ['reopenTicket', 'TicketInput'],
  TicketCancelled: ['cancelTicket', 'CancelTicketInput'],
  TicketRestored: ['restoreTicket', 'TicketInput'],
  TicketMerged: ['mergeTicket', 'MergeTicketInput'],
  TicketSplit: ['splitTicket', 'SplitTicketInput'],
  CallRequested: ['requestCall', 'RequestCallInput'],
  CallScheduled: ['scheduleCall', 'ScheduleCallInput'],
  CallMoved: ['moveCall', 'MoveCallInput'],
  CallAttempted: ['recordCallAttempt', 'CallAttemptInput'],
  CallHeld: ['recordCallHeld', 'CallHeldInput'],
  CallCancelled: ['cancelCall', 'CallEndInput'],
  CallMissed: ['recordCallMissed', 'CallEndInput'],
};

/** A value that each field takes, as a log has it. */
const sound: Readonly<Record<FieldName, unknown>> = {
  ...{ customer: 'Acme Ltd', source: 'desk', externalId: 'E 1', reference: 'R-1', plan: 'pro', type: 'productBug' },
  ...{ channel: 'email', priority: 'high', subject: 'It broke', application: 'Billing', users: ['ann', 'bob'] },
  ...{ origin: 'noRequest', pauseReason: 'onHold', cancelReason: 'spam', assignee: 'mia', team: 'first line' },
  ...{
    publicReply: false,
    answered: true,
    version: 2,
    text: 'hm',
    into: 'T-2',
    messageAt: at,
    until: '2026-04-01T09:00:00Z',
    preferredFrom: '2026-04-01T09:00:00Z',
    preferredUntil: '2026-04-01T11:00:00Z',
    startsAt: '2026-04-01T09:30:00Z',
    endedAt: '2026-03-02T09:30:00Z',
    with: 'mia',
    by: 'customer',
    outcome: 'noAnswer',
  },
};

/** GraphQL has read instants already. */
const asReadByGraphQL = (said: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(said).map(([name, value]) => {
      const isInstant =
        name === 'occurredAt' || (name in eventFields && eventFields[name as FieldName].kind === 'instant');
      return [name, isInstant ? Date.parse(String(value)) : value];
    }),
  );

/** Values that each kind of field refuses. */
const bad: Readonly<Record<string, readonly unknown[]>> = {
  word: ['no word of ours', '', 7, ['email']],
  text: ['', 7, ['x'], { x: 1 }, 'x'.repeat(10_001)],
  texts: [[''], [7], Array.from({ length: 101 }, () => 'u'), ['x'.repeat(201)], { x: 1 }],
  ticket: ['', { x: 1 }, 'x'.repeat(201)],
  instant: ['', '2026-02-30T09:00:00Z', '2026-03-02T09:00:00', 'yesterday', 7],
  count: [0, -1, 1.5, '1', 2 ** 31],
  flag: ['true', 1],
};

const longest: Partial<Record<FieldName, number>> = {
  ...{ customer: 200, source: 100, externalId: 200, reference: 100, plan: 100, type: 60, channel: 60, priority: 60 },
  ...{ subject: 500, application: 200, assignee: 100, team: 100, with: 100, text: 10_000 },
};

/** Of what an answer says that it refuses: the code, and the field. */
type Refusal = string | undefined;

/** A field's name alone: without what it is in, its place in a list, and the short name that some doors have for it. */
function nameOf(path: string): string {
  const steps = path.replace(/\[\d+\]/g, '').split('.');
  const name = steps.findLast((step) => !/^\d+$/.test(step)) ?? path;
  return ['pauseReason', 'cancelReason'].includes(name) ? 'reason' : name;
}

type Said = Readonly<Record<string, unknown>>;

describe('a ticket event', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T10:00:00Z');
  });
  afterAll(() => api.end());

  /** As GraphQL says words. */
  const inGraphQL = (said: Said) =>
    Object.fromEntries(
      Object.entries(said).map(([name, value]) => {
        const isWord = name in eventFields && eventFields[name as FieldName].kind === 'word';
        return [name, isWord && typeof value === 'string' ? constantCase(value) : value];
      }),
    );
  const short = (said: Said) =>
    Object.fromEntries(Object.entries(said).map(([name, value]) => [shortNames[name as FieldName] ?? name, value]));

  async function refusalOf(query: string, variables: Record<string, unknown>): Promise<Refusal> {
    const { errors } = await api.send(query, variables);
    const [error] = errors ?? [];
    if (error === undefined) return undefined;
    const [fault] = (error.extensions?.['fields'] ?? []) as { code: string; path: string }[];
    return `${error.extensions?.['code'] === 'BAD_USER_INPUT' ? fault?.code : error.message} ${nameOf(fault?.path ?? '')}`;
  }
  const refusalIn = (rows: readonly ImportRow[]): Refusal => {
    const row = rows.find((each) => 'rejected' in each);
    if (row === undefined || !('rejected' in row)) return undefined;
    const { code, message } = row.rejected;
    return `${code} ${nameOf(/^(?:the row says nothing of )?(\S+)/.exec(message)?.[1] ?? '')}`;
  };

  /** What each door answers; undefined: it refuses no field. */
  const doors = {
    single: (type: ReportedType, said: Said) => {
      const [name, input] = mutations[type];
      const query = `mutation ($input: ${input}!) { ${name}(input: $input) { __typename } }`;
      return refusalOf(query, { input: { id: 'T-1', occurredAt: at, ...short(inGraphQL(said)) } });
    },
    bulk: (type: ReportedType, said: Said) => {
      const query =
        'mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) { results { code } } }';
      const event = { ticket: 'T-1', event: constantCase(type), occurredAt: at, ...inGraphQL(said) };
      return refusalOf(query, { events: [event] });
    },
    log: async (event: ReportedType, said: Said) => {
      const line = { event, ticket: 'T-1', occurredAt: at, actor: { id: 'mia' }, ...short(said) };
      return refusalIn(await logRows(pledgeNdjson, JSON.stringify(line)));
    },
  };
  type Name = keyof typeof doors;

  /** What every door answers, or those that take such a field at all. */
  async function answersTo(type: ReportedType, said: Said): Promise<Partial<Record<Name, Refusal>>> {
    const isForeign = 'source' in said || 'externalId' in said; // a log is the source, and the ticket its id there
    const names = (Object.keys(doors) as Name[]).filter((name) => name !== 'log' || !isForeign);
    const answers = await Promise.all(names.map(async (name) => [name, await doors[name](type, said)] as const));
    return Object.fromEntries(answers);
  }

  const whole = (type: ReportedType): Record<string, unknown> => {
    const { required, optional } = fieldsOf(type);
    const names = [...required, ...optional].filter((name) => name !== 'source' && name !== 'externalId');
    return Object.fromEntries(names.map((name) => [name, sound[name]]));
  };

  async function expectRefused(type: ReportedType, said: Said, field: FieldName): Promise<void> {
    const answers = await answersTo(type, said);
    const expected = Object.keys(answers).map((name): [string, Refusal] => [name, `INVALID_FIELD ${nameOf(field)}`]);
    expect({ said, answers }).toEqual({ said, answers: Object.fromEntries(expected) });
  }

  it.each(reportedTypes)('is taken by every door with all of its fields: %s', async (type) => {
    expect(new Set(Object.values(await answersTo(type, whole(type))))).toEqual(new Set([undefined]));
  });

  it.each(reportedTypes)('means the same at every door: %s', (type) => {
    const none = (field: string, fault: string): never => {
      throw new Error(`${field}: ${fault}`);
    };
    const said = whole(type);
    const inApi = asReadByGraphQL(said);
    const occurredAt = Date.parse(at);
    const commands = [
      readMutation(type, { id: 'T-1', occurredAt, ...short(inApi) }, none),
      readBulk(type, { ticket: 'T-1', occurredAt, ...inApi }, none),
      readLine(type, { ticket: 'T-1', occurredAt: at, actor: { id: 'mia' }, ...short(said) }, none),
    ].map((report) => report?.command);
    expect(commands[1]).toEqual(commands[0]);
    expect(commands[2]).toEqual(commands[0]);
  });

  it.each(reportedTypes)('is refused with the name of the field that will not do: %s', async (type) => {
    const { required, optional } = fieldsOf(type);
    for (const field of [...required, ...optional]) {
      for (const value of bad[eventFields[field].kind] ?? [])
        await expectRefused(type, { ...whole(type), [field]: value }, field);
      const most = longest[field];
      if (most !== undefined) await expectRefused(type, { ...whole(type), [field]: 'x'.repeat(most + 1) }, field);
    }
  });

  it.each(reportedTypes)('is refused without what it requires, named: %s', async (type) => {
    for (const field of fieldsOf(type).required) {
      if (type === 'TicketSplit' && field === 'into') continue; // one mutation alone makes it
      for (const value of [undefined, null]) await expectRefused(type, { ...whole(type), [field]: value }, field);
    }
  });

  it.each(reportedTypes)('is refused with a field of another event, named: %s', async (type) => {
    const { required, optional } = fieldsOf(type);
    const own = new Set<string>([...required, ...optional, 'customer'].map(nameOf));
    const others = (Object.keys(eventFields) as FieldName[]).filter((name) => !own.has(nameOf(name)));
    for (const field of others) {
      const faults: string[] = [];
      const note = (name: string) => faults.push(nameOf(name));
      const said = { occurredAt: at, ...whole(type), [field]: sound[field] };
      const read = asReadByGraphQL(said);
      readMutation(type, { id: 'T-1', ...short(read) }, note);
      readBulk(type, { ticket: 'T-1', ...read }, note);
      const line = { ticket: 'T-1', actor: { id: 'mia' }, ...short(said) };
      readLine(type, line, note);
      expect({ field, faults }).toEqual({ field, faults: ['', '', ''].map(() => nameOf(field)) });
    }
    const [field] = others;
    if (field !== undefined) await expectRefused(type, { ...whole(type), [field]: sound[field] }, field);
  });

  it('may say whose ticket it is at every door, whatever happened', async () => {
    for (const type of reportedTypes) {
      expect(new Set(Object.values(await answersTo(type, { ...whole(type), customer: '  Acme Ltd ' })))).toEqual(
        new Set([undefined]),
      );
      for (const customer of ['', '   ', 'x'.repeat(201), 'a\u0007b', 7])
        await expectRefused(type, { ...whole(type), customer }, 'customer');
    }
  });

  it('names a source and an id there together', async () => {
    const { source, externalId } = sound;
    expect(await answersTo('TicketOpened', { ...whole('TicketOpened'), source, externalId })).toEqual({});
    await expectRefused('TicketOpened', { ...whole('TicketOpened'), source }, 'externalId');
    await expectRefused('TicketOpened', { ...whole('TicketOpened'), externalId }, 'source');
  });
});

describe('a row that a mapping reads', () => {
  const columns = [
    'customer',
    'type',
    'channel',
    'subject',
    'priority',
    'application',
    'origin',
    'assignee',
    'team',
  ] as const;
  const mapping = parseMapping({
    ...{
      source: 'desk',
      rows: 'snapshots',
      times: { zone: 'UTC' },
      ticket: { column: 'ticket' },
      at: { column: 'at' },
    },
    ...Object.fromEntries(columns.map((column) => [column, { column }])),
    state: { column: 'state', values: { New: 'open', Odd: 'note' } },
  });
  const rowsOf = (said: Said) => {
    const cells: Readonly<Record<string, unknown>> = {
      ticket: 'T-1',
      at,
      state: 'New',
      ...Object.fromEntries(columns.map((name) => [name, sound[name]])),
      ...said,
    };
    const log = [Object.keys(cells), Object.values(cells).map((cell) => `"${String(cell)}"`)];
    return logRows(mappedLog(mapping), log.map((cell) => cell.join(',')).join('\n'));
  };
  const refusal = async (said: Said) => {
    const row = (await rowsOf(said)).find((each) => 'rejected' in each);
    return row !== undefined && 'rejected' in row ? row.rejected : undefined;
  };

  it.each(columns)('is refused with the name of the column that will not do: %s', async (field) => {
    const most = longest[field];
    const cells = most === undefined ? ['no word of ours'] : ['x'.repeat(most + 1)];
    for (const cell of cells)
      expect(await refusal({ [field]: cell })).toMatchObject({
        ...{ code: 'INVALID_FIELD', message: expect.stringMatching(new RegExp(`^${field} `)) },
      });
    if (most !== undefined) expect(await refusal({ [field]: 'x'.repeat(most) })).toBeUndefined();
  });

  it.each(columns)('says nothing in an empty cell: %s', async (field) => {
    const isRequired = fieldsOf('TicketOpened').required.includes(field);
    const said = await refusal({ [field]: '' });
    if (isRequired)
      expect(said).toMatchObject({ code: 'INVALID_FIELD', message: expect.stringMatching(`no ${field}$`) });
    else expect(said).toBeUndefined();
  });

  it('opens a ticket as the other doors do', async () => {
    const opened = (await rowsOf({ customer: ' Acme Ltd ' })).flatMap((row) =>
      'record' in row && row.record.kind === 'fact' && row.record.command.type === 'OpenTicket'
        ? [row.record.command]
        : [],
    );
    const { assignee: _, team: __, ...fields } = Object.fromEntries(columns.map((name) => [name, sound[name]]));
    const line = { ticket: 'T-1', occurredAt: at, actor: { id: 'mia' }, reference: 'T-1', ...fields };
    expect(opened).toEqual([readLine('TicketOpened', line, () => undefined)?.command]);
  });
});
