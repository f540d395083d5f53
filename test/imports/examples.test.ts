import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { builtInWords } from '../../src/catalogue/domain/built-in-words.js';
import { italianHelpdesk } from '../../src/imports/formats/italian-helpdesk.js';
import { mappedLog } from '../../src/imports/mapping/mapped-log.js';
import { parseMapping } from '../../src/imports/mapping/mapping.js';
import { readMapping } from '../../src/imports/mapping/read-mapping.js';
import { readPlansFile } from '../../src/catalogue/file/read-plans-file.js';
import { logRows } from '../support/mapped.js';

const examples = readdirSync('examples', { withFileTypes: true }).filter(({ name }) =>
  existsSync(`examples/${name}/mapping.yaml`),
);

describe.each(examples.map(({ name }) => name))('the example %s', (name) => {
  it('has a mapping whose plan, its calendar and its words stand beside it', async () => {
    const { plans, words } = await readMapping(`examples/${name}/mapping.yaml`);
    const file = readPlansFile(readFileSync(`examples/${name}/plans.yaml`, 'utf8'));
    expect(file.plans.map(({ plan }) => plan.code)).toEqual(plans);
    expect(file.plans.map(({ plan }) => plan.calendar)).toEqual(file.calendars.map(({ calendar }) => calendar.code));
    const own = [...file.types, ...file.channels].map(({ list, code }) => ({ list, word: code }));
    const builtIn = (['type', 'channel', 'priority'] as const).flatMap((list) =>
      [...builtInWords[list].values()].map(({ word }) => ({ list, word: word.code })),
    );
    expect([...own, ...builtIn]).toEqual(expect.arrayContaining([...words]));
  });
});

it('the example of the Italian help desk reads it as the format does, but for the plan and words of its own', async () => {
  const header = 'Case ID,Activity,Resource,Complete Timestamp,customer,product,seriousness_2';
  const activities = ['Insert ticket', 'Assign seriousness', 'Take in charge ticket', 'Wait', 'Require upgrade'];
  const more = ['Create SW anomaly', 'Resolve SW anomaly', 'Schedule intervention', 'Resolve ticket', 'RESOLVED'];
  const rows = [...activities, ...more, 'Closed', 'DUPLICATE', 'Take in charge ticket'].map(
    (activity, i) => `Case 1,${activity},Value ${i},2012/03/05 0${i % 10}:00:00.000,Value 7,Value 3,Value 1`,
  );
  const facts = async (format: typeof italianHelpdesk) =>
    (await logRows(format, [header, ...rows].join('\n'))).filter(
      (row) => 'record' in row && row.record.kind === 'fact',
    );
  const own = { ticketType: 'request', channel: 'help desk' };
  const byExample = await facts(mappedLog(await readMapping('examples/italian-helpdesk/mapping.yaml')));
  const byFormat = (await facts(italianHelpdesk)).map((row) =>
    'record' in row && row.record.kind === 'fact' && row.record.command.type === 'OpenTicket'
      ? { ...row, record: { ...row.record, command: { ...row.record.command, ...own } } }
      : row,
  );
  expect(byExample).toEqual(byFormat);
  expect(byExample.length).toBeGreaterThan(rows.length);
});

it('the mapping in the documentation is a sound one', () => {
  const [, block = ''] = /\n\n((?: {4}.*\n|\n)+?)\n## Rows/.exec(readFileSync('docs/mappings.md', 'utf8')) ?? [];
  expect(parseMapping(parse(block.replace(/^ {4}/gm, '')))).toMatchObject({ source: 'desk' });
});
