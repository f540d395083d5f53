import { describe, expect, it } from '@jest/globals';
import { jsonRecords } from '../../src/imports/json.js';
import { rowsInRecord } from '../../src/imports/json-rows.js';
import { parseMapping } from '../../src/imports/mapping/mapping.js';
import { rowsOf, said } from '../support/mapped.js';

/** The records of a file that comes in parts, a line each. */
async function read(file: string | Buffer, paths: readonly string[] = [''], part = 7): Promise<readonly string[]> {
  const all = Buffer.from(file as string);
  async function* bytes() {
    for (let at = 0; at < all.length; at += part) yield await Promise.resolve(all.subarray(at, at + part));
  }
  const lines: string[] = [];
  for await (const one of jsonRecords(bytes(), paths))
    lines.push('fault' in one ? `${one.line} ! ${one.fault}` : `${one.line} ${one.path} ${JSON.stringify(one.value)}`);
  return lines;
}

const both = ['1  {"id":1}', '2  {"id":2}'];

describe('the records of a JSON file', () => {
  it.each<readonly [name: string, file: string | Buffer]>([
    ['a list', '[{"id":1},{"id":2}]'],
    ['a list over several lines, with a mark of its encoding', '\uFEFF[\n {"id": 1},\n {\n"id": 2}\n]\n'],
    ['an object a line', '{"id":1}\n{"id":2}\n'],
    ['an object a line, as Windows ends them', '{"id":1}\r\n{"id":2}'],
    ['objects over several lines, one after another', '{\n"id":1}\n{\n"id":2}'],
    ['a list in UTF-16', Buffer.from('\uFEFF[{"id":1},{"id":2}]', 'utf16le')],
  ])('are those of %s', async (_, file) => {
    for (const part of [4, 7, 1_000]) expect(await read(file, [''], part)).toEqual(both);
  });

  it('are those of lists in an object, which are said', async () => {
    const file = '{"count":2,"users":[{"name":"mia"}],"page":{"tickets":[{"id":1},{"id":2}]}}';
    const lists = ['users', 'page.tickets'];
    const records = ['1 users {"name":"mia"}', '2 page.tickets {"id":1}', '3 page.tickets {"id":2}'];
    expect(await read(file.replace('{"count"', '{\n"count"'), lists)).toEqual(records);
    expect(await read(`[${file}]`, lists)).toEqual(records);
    const lines = await read(`${file}\n{"users":{"name":"tom"}}\n`, lists);
    expect(lines).toEqual([...records.map((record) => record.replace(/^\d/, '1')), '2 users {"name":"tom"}']);
  });

  it('are told alone where a line is none', async () => {
    expect(await read('{"id":1}\n{id:3}\n\n{"id":2}\n')).toEqual([
      ...['1  {"id":1}', '2 ! the line is not JSON', '4  {"id":2}'],
    ]);
  });

  it.each([
    ['ends in the middle', '[{"id":1},{"id"', 'ends in the middle of a value'],
    ['has a mistake', '[{"id":1},{id:2}]', 'there is a mistake at character 11'],
    ['goes on behind its end', '[{"id":1}] and so on', 'there is a mistake at character 11'],
  ])('are refused where the file %s', async (_, file, why) => {
    await expect(read(file)).rejects.toMatchObject({
      code: 'LOG_MALFORMED',
      message: expect.stringContaining(why) as unknown,
    });
  });

  it('take no memory, however many there are', async () => {
    async function* bytes() {
      yield Buffer.from('[');
      for (let i = 0; i < 20_000; i++)
        yield await Promise.resolve(Buffer.from(`${i > 0 ? ',' : ''}{"id":${i},"text":"${'x'.repeat(2_000)}"}`));
      yield Buffer.from(']');
    }
    const before = process.memoryUsage().heapUsed;
    let [count, most] = [0, 0];
    for await (const record of jsonRecords(bytes(), [''])) {
      count += record.line > 0 ? 1 : 0;
      if (count % 1_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - before);
    }
    expect(count).toBe(20_000);
    expect(most).toBeLessThan(35_000_000); // all of them take more than 40 MB
  });
});

describe('the rows of a record', () => {
  const record = {
    ...{ id: 7, open: true, note: null, tags: ['a', 'b'], people: [{ name: 'mia' }, { name: 'tom' }], 'a.b': 'dots' },
    audits: [
      {
        at: '09:00',
        events: [
          { type: 'x', id: 1 },
          { type: 'y', id: 2 },
        ],
      },
      { at: '10:00', events: [] },
      { at: '11:00', events: [{ type: 'z', id: 3, more: { deep: 'yes' } }] },
    ],
  };
  const cells = (each: string, columns: readonly string[]) =>
    rowsInRecord(1, record, each === '' ? [] : each.split('.')).map((row) => columns.map(row.cell).join(' | '));

  it('are the record, its cells found by paths', () => {
    const columns = ['id', 'open', 'note', 'tags', 'people.name', 'a.b', 'people.0', 'none.at.all'];
    expect(cells('', columns)).toEqual(['7 | true |  | a, b | mia, tom | dots |  | ']);
  });

  it('are the items of lists in it, with what stands above them', () => {
    expect(cells('audits.events', ['id', 'audits.at', 'audits.events.type', 'audits.events.more.deep'])).toEqual([
      ...['7 | 09:00 | x | ', '7 | 09:00 | y | ', '7 | 11:00 | z | yes'],
    ]);
    expect(cells('tags', ['id', 'tags'])).toEqual(['7 | a', '7 | b']);
    expect(cells('none', ['id'])).toEqual([]);
  });

  it('have no number that cannot be told from others', () => {
    const [row] = rowsInRecord(1, JSON.parse('{"id":12345678901234567890}'), []);
    expect(() => row?.cell('id')).toThrow('id is a number of too many digits to be told from others');
  });
});

describe('a mapping of a JSON log', () => {
  const mapping = {
    ...{ source: 'desk', rows: 'events', times: {}, ticket: { column: 'id' }, at: { column: 'date' } },
    ...{ customer: 'acme', type: 'productBug', channel: 'email', subject: 'Lamp' },
    state: { column: 'what', values: { new: 'open', said: 'reply' }, otherwise: 'note' },
  };
  const rows = [
    { id: 'A-1', date: '2026-03-01T09:00:00Z', what: 'new' },
    { id: 'A-1', date: '2026-03-01T10:00:00Z', what: 'said' },
  ];
  const facts = ['09:00 OpenTicket', '10:00 RecordFirstResponse'];

  it('has the same words as that of a CSV log', async () => {
    const told = async (text: string, changes: object = {}) =>
      said(await rowsOf(parseMapping({ ...mapping, ...changes }), text));
    expect(await told(['id,date,what', ...rows.map((row) => Object.values(row).join(','))].join('\n'))).toEqual(facts);
    expect(await told(JSON.stringify(rows))).toEqual(facts);
    expect(await told(JSON.stringify(rows, null, 2))).toEqual(facts);
    expect(await told(rows.map((row) => JSON.stringify(row)).join('\n'))).toEqual(facts);
    expect(await told(JSON.stringify({ tickets: rows }), { json: { records: 'tickets' } })).toEqual(facts);
  });

  it('reads lists in a record, and leaves out what is not meant', async () => {
    const record = {
      key: 'A-1',
      log: { entries: [...rows, { kind: 'other' }].map((row) => ({ kind: 'row', ...row })) },
    };
    const nested = {
      ...{ each: 'log.entries', when: { 'log.entries.kind': 'row' }, ticket: { column: 'key' } },
      at: { column: 'log.entries.date' },
      state: { ...mapping.state, column: 'log.entries.what' },
    };
    expect(said(await rowsOf(parseMapping({ ...mapping, ...nested }), JSON.stringify([record])))).toEqual(facts);
  });
});
