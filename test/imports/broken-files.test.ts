import { describe, expect, it } from '@jest/globals';
import { csvRows } from '../../src/imports/csv.js';
import { parseMapping } from '../../src/imports/mapping/mapping.js';
import { readYaml } from '../../src/parsing/read-yaml.js';
import { rowsOf, said } from '../support/mapped.js';

const columns = ['id', 'date', 'title'];
const plain = 'id,date,title\nA-1,2024,It broke\nA-2,2025,It works\n';
const both = ['2 A-1 2024 It broke', '3 A-2 2025 It works'];

/** Rows of a file that comes in parts, a line each. */
async function read(file: string | Buffer, dialect = {}, part = 7): Promise<readonly string[]> {
  const all = Buffer.from(file as string);
  async function* bytes() {
    for (let at = 0; at < all.length; at += part) yield all.subarray(at, at + part);
  }
  const lines: string[] = [];
  for await (const row of csvRows(bytes(), columns, dialect))
    lines.push([row.line, ...('fault' in row ? ['!', row.fault] : columns.map(row.cell))].join(' '));
  return lines;
}

const utf16 = (text: string, isBigEndian = false) => {
  const bytes = Buffer.from(text, 'utf16le');
  return isBigEndian ? bytes.swap16() : bytes;
};

describe('a CSV file as desks write it', () => {
  it.each<readonly [name: string, file: string | Buffer]>([
    ['as it should be', plain],
    ['with a byte order mark', `\uFEFF${plain}`],
    ['with semicolons', plain.replaceAll(',', ';')],
    ['with tabs', plain.replaceAll(',', '\t')],
    ['with bars', plain.replaceAll(',', '|')],
    ['with blanks about its cells', plain.replaceAll(',', ', ')],
    ['with a delimiter behind each line', plain.replaceAll('\n', ',\n')],
    ['with a delimiter behind each row', plain.replace('It broke', 'It broke,').replace('It works', 'It works,')],
    ['with quotes about all cells', plain.replace(/[^,\n]+/g, '"$&"')],
    ['with the lines of Windows', plain.replaceAll('\n', '\r\n')],
    ['with the lines of an old system', plain.replaceAll('\n', '\r')],
    ['with mixed ends of lines', plain.replace('title\n', 'title\r\n')],
    ['without an end of the last line', plain.trimEnd()],
    ['in UTF-16 with its mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(plain)])],
    ['in UTF-16 the other way round', Buffer.concat([Buffer.from([0xfe, 0xff]), utf16(plain, true)])],
    ['in UTF-16 without a mark', utf16(plain)],
    ['in UTF-16 without a mark, the other way round', utf16(plain, true)],
  ])('is read %s', async (_, file) => {
    for (const part of [5, 64, 1_000]) expect(await read(file, {}, part)).toEqual(both);
  });

  it('is read with lines before its header, and counts them', async () => {
    expect(await read(`sep=;\n${plain.replaceAll(',', ';')}`)).toEqual(['3 A-1 2024 It broke', '4 A-2 2025 It works']);
    expect(await read(`Tickets of 2024\n\nmade, by Mia\n${plain}`)).toEqual([
      '5 A-1 2024 It broke',
      '6 A-2 2025 It works',
    ]);
  });

  it('has rows by the line on which they begin', async () => {
    const file = 'id,date,title\n\nA-1,1,"two\nlines"\n\n\nA-2,2,x\n';
    expect(await read(file)).toEqual(['3 A-1 1 two\nlines', '7 A-2 2 x']);
  });

  it('keeps to the delimiter that is said', async () => {
    expect(await read('id;date;title\nA;1;a,b\n', { delimiter: ';' })).toEqual(['2 A 1 a,b']);
    await expect(read(plain, { delimiter: ';' })).rejects.toMatchObject({ code: 'LOG_MALFORMED' });
  });

  it.each([
    ['within a cell', 'A-1,2024,Monitor 24" broke', '2 A-1 2024 Monitor 24" broke'],
    ['behind a cell in quotes', 'A-1,2024,"Big" monitor', '2 A-1 2024 "Big" monitor'],
    ['doubled', 'A-1,2024,"24"" monitor"', '2 A-1 2024 24" monitor'],
  ])('has a quote %s read as it stands', async (_, row, line) => {
    expect(await read(`id,date,title\n${row}\nA-2,2025,It works\n`)).toEqual([line, '3 A-2 2025 It works']);
  });

  it.each([
    ['to the end', 'A-1,2024,"It broke', ['2 ! a quote in the row does not close']],
    [
      'up to a quote in another row',
      'A-1,2024,"It broke\nA-3,2024,"too"',
      ['2 ! a quote in the row does not close', '3 A-3 2024 too'],
    ],
  ])('has a row whose quote does not close, %s, rejected alone', async (_, rows, lines) => {
    const file = `id,date,title\nA-0,2023,x\n${rows}\nA-2,2025,It works\n`;
    const moved = lines.map((line) => line.replace(/^\d+/, (number) => String(Number(number) + 1)));
    for (const part of [7, 1_000])
      expect(await read(file, {}, part)).toEqual([
        '2 A-0 2023 x',
        ...moved,
        expect.stringContaining('A-2 2025 It works'),
      ]);
  });

  it('has cells of a megabyte, and rows after them', async () => {
    const long = `${'word '.repeat(200_000)}end`;
    const file = `id,date,title\nA-1,1,"${long}"\nA-2,2,x\n`;
    expect(await read(file, {}, 65_536)).toEqual([`2 A-1 1 ${long}`, '3 A-2 2 x']);
  });

  it('goes on after a quote that would be closed megabytes later', async () => {
    const rows = Array.from({ length: 60_000 }, (_, n) => `B-${n},2024,It broke again`);
    const found = await read(['id,date,title', 'A-1,2024,"open', ...rows, ''].join('\n'), {}, 65_536);
    expect(found[0]).toBe('2 ! a quote in the row does not close');
    expect(found).toHaveLength(60_001);
    expect(found.at(-1)).toBe('60002 B-59999 2024 It broke again');
  });

  it('tells a U+FFFD that is there from bytes that are not in the encoding', async () => {
    expect(await read('id,date,title\nA-1,1,Gr\uFFFD\u00DFe\n')).toEqual(['2 A-1 1 Gr\uFFFD\u00DFe']);
    expect(await read(utf16('id,date,title\nA-1,1,Gr\uFFFD\u00DFe\n'))).toEqual(['2 A-1 1 Gr\uFFFD\u00DFe']);
    const latin = Buffer.from('id,date,title\nA-1,1,Gr\u00FC\u00DFe\nA-2,2,x\n', 'latin1');
    expect(await read(latin)).toEqual(['2 ! the row is not in the encoding of the file', '3 A-2 2 x']);
    expect(await read(latin, { encoding: 'windows-1252' })).toEqual(['2 A-1 1 Gr\u00FC\u00DFe', '3 A-2 2 x']);
  });

  it('has characters of all planes, wherever the parts of the file end', async () => {
    const file = 'id,date,title\nA-1,1,a\u{1F4A9}\u{1F4A9}b\u00FC\n';
    for (const bytes of [Buffer.from(file), utf16(file), utf16(file, true)])
      for (const part of [1, 2, 3, 5])
        expect(await read(bytes, {}, part === 1 ? 4 : part + 3)).toEqual(['2 A-1 1 a\u{1F4A9}\u{1F4A9}b\u00FC']);
  });
});

describe('a file that is no CSV', () => {
  it.each([
    ['a spreadsheet', Buffer.from('PK\u0003\u0004rest of it'), 'a spreadsheet (.xlsx, .ods) or a ZIP archive'],
    ['an old spreadsheet', Buffer.from('d0cf11e0a1b11ae1000000', 'hex'), 'a spreadsheet of an old kind (.xls)'],
    ['a PDF', Buffer.from('%PDF-1.7 and more'), 'a PDF'],
    ['JSON', Buffer.from('[\n {\n  "id": "A-1"\n }\n]'), 'JSON'],
    ['a JSON object', Buffer.from('{"tickets": []}'), 'JSON'],
    ['XML', Buffer.from('<?xml version="1.0"?>\n<log></log>'), 'XML or HTML'],
    ['empty', Buffer.from('\n \n'), 'empty'],
    [
      'another CSV',
      Buffer.from('a,b\n1,2\n'),
      'Line 1: the header has no column "id", "date", "title". It has "a", "b".',
    ],
  ])('is named for what it is: %s', async (_, file, what) => {
    await expect(read(file, {}, 1_000)).rejects.toMatchObject({
      code: 'LOG_MALFORMED',
      message: expect.stringContaining(what) as unknown,
    });
  });
});

describe('the values of a mapping', () => {
  const mapping = (state: string) =>
    parseMapping(
      readYaml(`source: desk
rows: events
times: { format: iso }
ticket: { column: id }
at: { column: date }
customer: acme
type: productBug
channel: email
subject: Hello
state: ${state}`),
    );
  const log = (...cells: readonly string[]) =>
    ['id,date,what', ...cells.map((cell, i) => `A-1,2026-03-01T0${i}:00:00Z,${cell}`)].join('\n');

  it('are for cells as they are written, whatever YAML makes of them', async () => {
    const state =
      '{ column: what, values: { TRUE: open, False: reply, null: customerReply, 1.0: note, 01: resolved, ~: closed } }';
    expect(said(await rowsOf(mapping(state), log('TRUE', 'False', 'null', '1.0', '01')))).toEqual([
      '00:00 OpenTicket',
      '01:00 RecordFirstResponse',
      '02:00 RecordCustomerReply',
      '03:00 AddInternalNote 1.0',
      '04:00 ResolveTicket true',
    ]);
    expect(said(await rowsOf(mapping(state), log('true')))).toEqual(['line 2 INVALID_FIELD']);
  });

  it('count without regard to case and outer blanks where the mapping says so', async () => {
    const values = 'values: { New: open, " Answered ": reply }';
    const cells = log('NEW', ' answered');
    expect(said(await rowsOf(mapping(`{ column: what, ignoreCase: true, ${values} }`), cells))).toEqual([
      '00:00 OpenTicket',
      '01:00 RecordFirstResponse',
    ]);
    expect(said(await rowsOf(mapping(`{ column: what, ${values} }`), cells))).toEqual([
      'line 2 INVALID_FIELD',
      'line 3 OPENING_REJECTED',
    ]);
  });
});
