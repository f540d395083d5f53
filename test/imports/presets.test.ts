import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { builtInWords } from '../../src/catalogue/domain/built-in-words.js';
import { type ImportRow } from '../../src/imports/import-record.js';
import { mappedRows } from '../../src/imports/mapping/mapped-log.js';
import { readMapping } from '../../src/imports/mapping/read-mapping.js';
import { presetFile, presets } from '../../src/imports/presets.js';
import { said } from '../support/mapped.js';

type Preset = (typeof presets)[number];

/** The files that a desk exports, made up in its shapes; on 2 March. */
async function read(preset: Preset, files: Readonly<Record<string, unknown>>): Promise<readonly ImportRow[]> {
  const mapping = await readMapping(presetFile(preset));
  const given = Object.entries(files).map(([name, content]) => ({
    name,
    async *bytes() {
      const text = typeof content === 'string' ? content : JSON.stringify(content, null, 1);
      yield await Promise.resolve(Buffer.from(text));
    },
  }));
  const rows: ImportRow[] = [];
  for await (const row of mappedRows(given, mapping)) rows.push(row);
  return rows;
}
const told = (rows: readonly ImportRow[]) => said(rows).map((line) => line.replace(/^02 /, ''));
const openings = (rows: readonly ImportRow[]) =>
  rows.flatMap((row) =>
    'record' in row && row.record.kind === 'fact' && row.record.command.type === 'OpenTicket'
      ? [row.record.command]
      : [],
  );
const at = (time: string) => `2026-03-02T${time}:00Z`;
const local = (time: string) => `2026-03-02 ${time}:00`;

describe('the presets', () => {
  it('are the files in their folder, and each has its page', () => {
    expect(readdirSync('examples/presets').sort()).toEqual([...presets].map((name) => `${name}.yaml`).sort());
    const pages = readFileSync('docs/presets.md', 'utf8');
    for (const name of presets) {
      expect(pages).toContain(`presets/${name}.md`);
      expect(readFileSync(`docs/presets/${name}.md`, 'utf8')).toContain(`--preset ${name}`);
    }
  });

  it.each(presets)('names no plan, and words alone that every desk has: %s', async (name) => {
    const { plans, words } = await readMapping(presetFile(name));
    const builtIn = (['type', 'channel', 'priority'] as const).flatMap((list) =>
      [...builtInWords[list].values()].map(({ word }) => ({ list, word: word.code })),
    );
    expect(plans).toEqual([]);
    expect(builtIn).toEqual(expect.arrayContaining([...words]));
  });
});

describe('the preset', () => {
  it('zendesk reads tickets and their audits, and who replied', async () => {
    const audit = (time: string, author_id: number, events: readonly object[], channel = 'web') => ({
      ...{ id: 1, ticket_id: 7, created_at: at(time), author_id, via: { channel }, events },
    });
    const change = (field_name: string, value: unknown, previous_value: unknown) => ({
      ...{ type: 'Change', field_name, value, previous_value },
    });
    const comment = (isPublic: boolean, body = 'Text') => ({ type: 'Comment', public: isPublic, body });
    const rows = await read('zendesk', {
      'tickets.json': {
        count: 1,
        tickets: [
          {
            ...{ id: 7, created_at: at('09:00'), subject: 'Lamp', status: 'closed', priority: 'high', type: 'problem' },
            ...{ via: { channel: 'email' }, requester_id: 30, organization_id: 50, assignee_id: 21, group_id: null },
          },
        ],
        users: [
          ...[
            { id: 30, name: 'Ben', role: 'end-user' },
            { id: 21, name: 'Mia', role: 'agent' },
          ],
          { id: 22, name: 'Tom', role: 'admin' },
        ],
      },
      'organizations.json': { organizations: [{ id: 50, name: 'Acme Ltd' }] },
      'audits.json': {
        audits: [
          audit('13:00', -1, [change('status', 'closed', 'solved')], 'rule'),
          audit('12:00', 21, [comment(true), change('status', 'solved', 'open')]),
          audit('11:00', 30, [comment(true), change('status', 'open', 'pending')]),
          audit('10:30', 21, [comment(false, 'Ask them'), change('priority', 'high', 'low')]),
          audit('10:00', 22, [comment(true), change('status', 'pending', 'new'), change('assignee_id', '21', '22')]),
          audit('09:01', -1, [comment(true), { type: 'Notification', body: 'We have it' }], 'rule'),
          audit('09:00', 30, [comment(true), { type: 'Create', field_name: 'status', value: 'new' }]),
        ],
      },
    });
    expect(told(rows)).toEqual([
      ...['09:00 OpenTicket', '09:00 AssignTicket Tom ', '09:01 RecordFirstResponse', '10:00 RecordFirstResponse'],
      ...['10:00 PauseTicket waitingForCustomer', '10:00 AssignTicket Mia ', '10:30 AddInternalNote Ask them'],
      ...['10:30 ReclassifyTicket productBug high', '11:00 RecordCustomerReply', '12:00 RecordFollowUp'],
      ...['12:00 ResolveTicket false', '13:00 CloseTicket'],
    ]);
    expect(openings(rows)).toMatchObject([
      { customer: 'Acme Ltd', channel: 'email', ticketType: 'productBug', priority: 'low', subject: 'Lamp' },
    ]);
  });

  it('jira-service-management reads issues with their changelog and comments', async () => {
    const person = (accountId: string, accountType = 'atlassian') => ({
      accountId,
      displayName: accountId,
      accountType,
    });
    const history = (time: string, field: string, fromString: string | null, toString: string | null) => ({
      ...{ id: '1', author: person('mia'), created: `2026-03-02T${time}:00.000+0000` },
      items: [{ field, fieldtype: 'jira', from: '1', fromString, to: '2', toString }],
    });
    const rows = await read('jira-service-management', {
      'issues.json': {
        startAt: 0,
        total: 1,
        issues: [
          {
            key: 'HELP-1',
            fields: {
              ...{ summary: 'Lamp', created: '2026-03-02T09:00:00.000+0000', issuetype: { name: '[System] Incident' } },
              ...{ reporter: person('ben', 'customer'), customfield_10002: [{ id: '1', name: 'Acme Ltd' }] },
              ...{ assignee: person('mia'), priority: { name: 'High' } },
              comment: {
                comments: [
                  { author: person('mia'), created: '2026-03-02T10:00:00.000+0000', jsdPublic: true },
                  { author: person('ben', 'customer'), created: '2026-03-02T11:00:00.000+0000', jsdPublic: true },
                  { author: person('mia'), created: '2026-03-02T11:30:00.000+0000', jsdPublic: false },
                ],
              },
            },
            changelog: {
              histories: [
                history('12:00', 'status', 'Waiting for support', 'Resolved'),
                history('11:00', 'status', 'Waiting for customer', 'Waiting for support'),
                history('10:30', 'priority', 'Medium', 'High'),
                history('10:00', 'status', 'Waiting for support', 'Waiting for customer'),
                history('09:30', 'assignee', null, 'mia'),
              ],
            },
          },
        ],
      },
    });
    expect(told(rows)).toEqual([
      ...['09:00 OpenTicket', '09:30 AssignTicket mia ', '10:00 RecordFirstResponse'],
      ...['10:00 PauseTicket waitingForCustomer', '10:30 ReclassifyTicket productBug high'],
      ...['11:00 RecordCustomerReply', '11:30 AddInternalNote atlassian/false', '12:00 ResolveTicket false'],
    ]);
    expect(openings(rows)).toMatchObject([{ customer: 'Acme Ltd', priority: 'normal', reference: 'HELP-1' }]);
  });

  it('freshdesk reads the export of its list', async () => {
    const cells = {
      ...{ 'Ticket ID': '3', Subject: 'Lamp', Status: 'Closed', Priority: 'Medium', Source: 'Email', Type: 'Incident' },
      ...{ Agent: 'Mia', Group: 'Support', 'Created time': local('09:00'), 'Resolved time': local('12:00') },
      ...{ 'Closed time': local('13:00'), 'Last update time': local('13:00'), 'Initial response time': local('10:00') },
      ...{ 'Full name': 'Ben', Email: 'ben@acme.test', 'Company Name': 'Acme Ltd' },
    };
    const rows = await read('freshdesk', {
      'export.csv': [Object.keys(cells).join(','), Object.values(cells).join(',')].join('\n'),
    });
    expect(told(rows)).toEqual([
      ...['09:00 OpenTicket', '09:00 AssignTicket Mia Support', '10:00 RecordFirstResponse'],
      ...['12:00 ResolveTicket false', '13:00 CloseTicket'],
    ]);
    expect(openings(rows)).toMatchObject([{ customer: 'Acme Ltd', priority: 'normal', ticketType: 'productBug' }]);
  });

  it('zammad reads tickets, articles and history', async () => {
    const history = (time: string, attribute: string, value_from: string, value_to: string) => ({
      ...{ id: 1, object: 'Ticket', o_id: 5, type: 'updated', attribute, value_from, value_to },
      ...{ created_at: at(time), created_by_id: 3 },
    });
    const article = (time: string, sender: string, internal = false) => ({
      ...{
        id: 1,
        ticket_id: 5,
        sender,
        internal,
        type: 'email',
        subject: 'Re: Lamp',
        created_by: 'x',
        created_at: at(time),
      },
    });
    const rows = await read('zammad', {
      'tickets.json': [
        {
          ...{ id: 5, number: '65005', title: 'Lamp', group: 'Users', priority: '3 high', state: 'closed' },
          ...{ organization: 'Acme Ltd', customer: 'ben@acme.test', owner: 'mia', created_at: at('09:00') },
          create_article_type: 'email',
        },
      ],
      'articles.json': [article('09:00', 'Customer'), article('10:00', 'Agent'), article('10:30', 'Agent', true)],
      'history.json': {
        history: [
          { ...history('09:00', 'state', '', ''), type: 'created', attribute: null },
          history('10:00', 'state', 'new', 'open'),
          history('10:45', 'priority', '2 normal', '3 high'),
          history('11:00', 'state', 'open', 'pending reminder'),
          history('12:00', 'state', 'pending reminder', 'closed'),
          history('09:30', 'owner', '-', 'mia'),
        ],
        assets: {},
      },
    });
    expect(told(rows)).toEqual([
      ...['09:00 OpenTicket', '09:00 AssignTicket  Users', '09:30 AssignTicket mia Users', '10:00 RecordFirstResponse'],
      ...['10:30 AddInternalNote Re: Lamp', '10:45 ReclassifyTicket productQuestion high'],
      ...['11:00 PauseTicket scheduled', '12:00 ResolveTicket false'],
    ]);
    expect(openings(rows)).toMatchObject([{ reference: '65005', customer: 'Acme Ltd', priority: 'normal' }]);
  });

  it('glpi reads tickets, with the time to take them into account and the wait in all', async () => {
    const rows = await read('glpi', {
      'tickets.json': [
        {
          ...{ id: 9, name: 'Lamp', entities_id: 'Acme Ltd', date: local('09:00'), status: 6, type: 1, priority: 4 },
          ...{
            solvedate: local('12:00'),
            closedate: local('13:00'),
            begin_waiting_date: null,
            requesttypes_id: 'E-Mail',
          },
          ...{ takeintoaccount_delay_stat: 1_800, waiting_duration: 3_600, users_id_recipient: 'ben' },
        },
        {
          ...{ id: 10, name: 'Chair', entities_id: 'Globex', date: local('09:00'), status: 4, type: 2, priority: 3 },
          ...{ solvedate: null, closedate: null, begin_waiting_date: local('10:00'), requesttypes_id: 'Helpdesk' },
          ...{ takeintoaccount_delay_stat: 0, waiting_duration: 0, users_id_recipient: 'eva' },
        },
      ],
    });
    expect(told(rows)).toEqual([
      ...['09:00 OpenTicket', '09:30 RecordFirstResponse', '11:00 PauseTicket waitingForCustomer'],
      ...['12:00 ResolveTicket true', '13:00 CloseTicket', '09:00 OpenTicket', '10:00 PauseTicket waitingForCustomer'],
    ]);
    expect(openings(rows)).toMatchObject([{ customer: 'Acme Ltd', channel: 'email', priority: 'high' }, {}]);
  });

  it('servicenow reads incidents and their audit', async () => {
    const audit = (time: string, fieldname: string, oldvalue: string, newvalue: string, user = 'mia') => ({
      ...{ documentkey: 'a1', tablename: 'incident', fieldname, oldvalue, newvalue, user, sys_created_on: local(time) },
    });
    const rows = await read('servicenow', {
      'incident.json': {
        result: [
          {
            ...{ sys_id: 'a1', number: 'INC1', opened_at: local('09:00'), priority: '2', contact_type: 'phone' },
            ...{ company: { display_value: 'Acme Ltd' }, short_description: 'Lamp', sys_created_by: 'ben' },
          },
        ],
      },
      'sys_user.json': { result: [{ user_name: 'mia' }] },
      'sys_audit.json': {
        result: [
          audit('09:30', 'state', '1', '2'),
          audit('10:00', 'comments', '', 'Hello'),
          audit('10:30', 'work_notes', '', 'Call them'),
          audit('11:00', 'comments', '', 'Thanks', 'ben'),
          audit('11:15', 'priority', '3', '2'),
          audit('11:30', 'state', '2', '3'),
          audit('12:00', 'state', '3', '6'),
          audit('12:30', 'close_notes', '', 'Done'),
        ],
      },
    });
    expect(told(rows)).toEqual([
      ...['09:00 OpenTicket', '10:00 RecordFirstResponse', '10:30 AddInternalNote Call them'],
      ...['11:00 RecordCustomerReply', '11:15 ReclassifyTicket productBug high', '11:30 PauseTicket onHold'],
      '12:00 ResolveTicket false',
    ]);
    expect(openings(rows)).toMatchObject([{ reference: 'INC1', customer: 'Acme Ltd', priority: 'normal' }]);
  });

  it('github-issues reads issues, comments and events, and leaves pull requests out', async () => {
    const url = 'https://api.github.com/repos/acme/lamp/issues/4';
    const comment = (time: string, login: string, author_association: string, kind = 'issues') => ({
      ...{ issue_url: url, html_url: `https://github.com/acme/lamp/${kind}/4#issuecomment-1`, user: { login } },
      ...{ author_association, created_at: at(time), body: 'Text' },
    });
    const event = (time: string, name: string, more: object = {}) => ({
      ...{ event: name, created_at: at(time), actor: { login: 'mia' }, issue: { url }, ...more },
    });
    const issue = { url, number: 4, title: 'Lamp', user: { login: 'ben' }, created_at: at('09:00') };
    const rows = await read('github-issues', {
      'issues.json': [
        { ...issue, labels: [{ name: 'kind: Question' }, { name: 'priority: high' }] },
        { ...issue, url: `${url}0`, pull_request: { url: 'x' }, labels: [] },
      ],
      'comments.json': [
        comment('09:01', 'hello[bot]', 'COLLABORATOR'),
        comment('10:00', 'mia', 'MEMBER'),
        comment('11:00', 'ben', 'NONE'),
        comment('11:30', 'mia', 'MEMBER', 'pull'),
      ],
      'events.json': [
        event('14:00', 'reopened'),
        event('12:00', 'closed'),
        event('09:30', 'assigned', { assignee: { login: 'mia' } }),
        event('09:10', 'labeled', { label: { name: 'bug' } }),
      ],
    });
    expect(told(rows)).toEqual([
      ...['09:00 OpenTicket', '09:01 RecordFirstResponse', '09:30 AssignTicket mia ', '10:00 RecordFirstResponse'],
      ...['11:00 RecordCustomerReply', '12:00 ResolveTicket false', '14:00 ReopenTicket'],
    ]);
    expect(openings(rows)).toMatchObject([{ reference: '#4', ticketType: 'productQuestion', priority: 'high' }]);
  });
});
