import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Mapping } from '../../src/imports/mapping/mapping.js';
import { readMapping } from '../../src/imports/mapping/read-mapping.js';
import { rowsOf, said } from '../support/mapped.js';

/** A row of the log; what a test does not name is as in most rows. */
interface Row {
  readonly incident_state: string;
  readonly sys_updated_at: string;
  readonly [column: string]: string;
}

const usual = {
  ...{ number: 'INC1', incident_state: '', sys_mod_count: '0', caller_id: 'Caller 1', opened_by: 'Opened by  8' },
  ...{ opened_at: '1/3/2016 09:00', sys_updated_by: 'Updated by 21', sys_updated_at: '', contact_type: 'Phone' },
  ...{ category: 'Category 55', subcategory: '?', u_symptom: '?', cmdb_ci: '?', priority: '3 - Moderate' },
  ...{ assignment_group: '?', assigned_to: '?', resolved_at: '1/3/2016 17:00', closed_at: '6/3/2016 17:00' },
};

let mapping: Mapping;
beforeAll(async () => {
  mapping = await readMapping('examples/servicenow/mapping.yaml');
});

const read = (...rows: readonly Row[]) => {
  const columns = Object.keys(usual);
  const cells = rows.map((row) => Object.values<string>({ ...usual, ...row }).join(','));
  return rowsOf(mapping, [columns.join(','), ...cells].join('\n'));
};
const at = (time: string, incident_state: string, more: object = {}): Row => ({
  incident_state,
  sys_updated_at: `1/3/2016 ${time}`,
  ...more,
});
const told = async (...rows: readonly Row[]) => said(await read(...rows));

describe('the ServiceNow log', () => {
  it('opens an incident when its record says, by who opened it', async () => {
    const rows = await read(at('09:07', 'New', { caller_id: '?', contact_type: 'Self service' }));
    expect(rows.flatMap((row) => ('record' in row ? [row.record] : []))).toMatchObject([
      { kind: 'customer', customer: 'unknown', plan: 'servicenow' },
      {
        ...{ ticket: 'INC1', occurredAt: Date.UTC(2016, 2, 1, 9), actor: { id: 'Opened by  8', kind: 'person' } },
        command: { customer: 'unknown', channel: 'Self service', priority: '3 - Moderate', reference: 'INC1' },
      },
    ]);
  });

  it('tells what each row changes', async () => {
    const dispatched = { assignment_group: 'Group 56' };
    const mine = { assignment_group: 'Group 56', assigned_to: 'Resolver 89' };
    expect(
      await told(
        at('09:07', 'New', dispatched),
        at('09:30', 'Active', mine),
        at('09:31', 'Active', mine),
        at('10:00', 'Awaiting User Info', { ...mine, priority: '2 - High' }),
        at('11:00', 'Awaiting Vendor', { ...mine, priority: '2 - High' }),
        at('12:00', 'Awaiting Problem', { ...mine, priority: '2 - High' }),
        at('13:00', 'Resolved', { ...mine, priority: '2 - High' }),
        at('23:00', 'Closed', { ...mine, priority: '2 - High' }),
      ),
    ).toEqual([
      '09:00 OpenTicket',
      '09:07 AssignTicket  Group 56',
      '09:30 AssignTicket Resolver 89 Group 56',
      '09:30 RecordFirstResponse',
      '10:00 ReclassifyTicket incident 2 - High',
      '10:00 PauseTicket waitingForCustomer',
      '11:00 ResumeTicket',
      '11:00 PauseTicket waitingForThirdParty',
      '13:00 ResolveTicket true',
      '23:00 CloseTicket',
    ]);
  });

  it('reads times that are not padded, day first', async () => {
    expect(await told({ incident_state: 'New', sys_updated_at: '2/3/2016 09:00', opened_at: '2/3/2016 1:05' })).toEqual(
      ['02 01:05 OpenTicket'],
    );
  });

  it.each([
    ['Active', ['09:30 RecordFirstResponse']],
    ['Resolved', ['09:30 ResolveTicket true']],
    ['Awaiting User Info', ['09:30 RecordFirstResponse', '09:30 PauseTicket waitingForCustomer']],
  ])('may begin an incident with %s', async (state, facts) => {
    expect(await told(at('09:30', state))).toEqual(['09:00 OpenTicket', ...facts]);
  });

  it('keeps the order of the file for rows of the same minute', async () => {
    const facts = await told(
      at('09:30', 'Active'),
      at('09:30', 'Resolved'),
      at('09:30', 'Active'),
      at('09:30', 'Closed'),
    );
    expect(facts.slice(2)).toEqual(['09:30 ResolveTicket true', '09:30 ReopenTicket', '09:30 CloseTicket']);
  });

  it('keeps the order of the file where the counter decreases', async () => {
    const facts = await told(
      at('09:30', 'Active', { sys_mod_count: '4' }),
      at('09:40', 'Resolved', { sys_mod_count: '2' }),
    );
    expect(facts.slice(2)).toEqual(['09:40 ResolveTicket true']);
  });

  it('keeps the time of a row that goes backwards', async () => {
    const facts = await told(at('11:10', 'New'), at('09:52', 'Active'), at('11:03', 'Resolved'));
    expect(facts).toEqual(['09:00 OpenTicket', '09:52 RecordFirstResponse', '11:03 ResolveTicket true']);
  });

  it('keeps the time of a first row before the opening', async () => {
    expect(await told(at('08:55', 'Active'))).toEqual(['09:00 OpenTicket', '08:55 RecordFirstResponse']);
  });

  it('notes a state that nobody knows, and lets it change nothing', async () => {
    const facts = await told(at('09:10', 'Awaiting User Info'), at('09:30', '-100'), at('09:40', 'Resolved'));
    expect(facts.slice(3)).toEqual(['09:30 AddInternalNote -100', '09:40 ResolveTicket true']);
  });

  it('reopens what goes on after it was resolved or closed, and takes rows after closing', async () => {
    const facts = await told(
      ...[at('09:30', 'Resolved'), at('10:00', 'Awaiting User Info'), at('11:00', 'Resolved')],
      ...[at('12:00', 'Closed'), at('12:30', 'Closed'), at('13:00', 'Active'), at('14:00', 'Resolved')],
    );
    expect(facts.slice(2)).toEqual([
      ...['10:00 ReopenTicket', '10:00 PauseTicket waitingForCustomer', '11:00 ResolveTicket true'],
      ...['12:00 CloseTicket', '13:00 ReopenTicket', '14:00 ResolveTicket true'],
    ]);
  });

  it('does not look at what the outcome wrote on earlier rows', () => {
    const outcome = ['made_sla', 'closed_code', 'resolved_by', 'resolved_at', 'closed_at'];
    expect(mapping.parts[0].columns.filter((column) => outcome.includes(column))).toEqual([]);
    expect(mapping.parts[0].columns.length).toBeGreaterThan(10);
  });
});
