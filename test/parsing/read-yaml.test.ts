import { gzipSync } from 'node:zlib';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { readYaml, YamlFault } from '../../src/parsing/read-yaml.js';
import { readText } from '../../src/imports/read-text.js';

const times = (count: number, text: (n: number) => string) => Array.from({ length: count }, (_, n) => text(n)).join('');
const faultOf = (text: string): string => {
  try {
    readYaml(text);
  } catch (fault) {
    if (fault instanceof YamlFault) return fault.message;
    throw fault;
  }
  return 'read';
};

describe('YAML', () => {
  it('is read, aliases too, and so is JSON', () => {
    const office = 'mon: &day [["09:00", "17:00"]]\ntue: *day\nwed: *day\n';
    const day = [['09:00', '17:00']];
    expect(readYaml(office)).toEqual({ mon: day, tue: day, wed: day });
    expect(readYaml('{"a": [1, {"b": null}], "c": "é"}')).toEqual({ a: [1, { b: null }], c: 'é' });
    expect(readYaml('')).toBeNull();
  });

  const bomb = `a0: &a0 [x]\n${times(9, (n) => `a${n + 1}: &a${n + 1} [${times(9, () => `*a${n}, `)}]\n`)}`;
  it.each([
    ['aliases of aliases', bomb, /aliases/],
    ['an alias of nothing', 'a: *b', /aliases cannot be followed/],
    ['an alias of what it is in', 'a: &a [*a]', /a/],
    ['thousands of brackets', `a: ${'['.repeat(5_000)}`, /^line 1: it is nested more than/],
    ['thousands of dashes', `${'- '.repeat(5_000)}a`, /^line 1: it is nested more than/],
    ['keys that are keys of keys', `${'? '.repeat(3_000)}a`, /^line 1: it is nested more than/],
    ['deep by its margins', times(2_000, (n) => `${' '.repeat(n)}a:\n`), /nested/],
    ['a key that is a list', '? [a]\n: b', /^line 1: a key must be/],
    ['a key twice', 'a: 1\nb:\n  c: 1\n  c: 2', /^line 4: the key c occurs twice/],
    ['ten thousand and one keys', times(10_001, (n) => `k${n}: 1\n`), /^line 10001: a map has more/],
    ['millions of items', `[${'[],'.repeat(2_000_000)}]`, /more entries than/],
    ['two documents', 'a: 1\n---\nb: 2', /document/],
    ['a bracket that is not closed', 'a: 1\nb: [', /^line 2: /],
  ])('is refused with its line: %s', (_, text, why) => {
    expect(faultOf(text)).toMatch(why);
  });

  it('of two hundred thousand keys is refused having compared each once', () => {
    expect(faultOf(times(200_000, (n) => `k${n}: 1\n`))).toMatch(/^line 10001: a map has more than 10000 keys/);
  });
});

describe('a file that is read as a whole', () => {
  const read = (bytes: Buffer, most: number) => readText('-', Readable.from([bytes]), most);

  it('is unpacked no further than it may be long', async () => {
    const packed = gzipSync(Buffer.alloc(50_000_000, '#'));
    await expect(read(packed, 1_000_000)).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' });
    expect(await read(gzipSync('a: é'), 5)).toBe('a: é');
  });

  it('is refused where it is cut off or no text', async () => {
    const packed = gzipSync(Buffer.from('a: 1\n'.repeat(10_000)));
    await expect(read(packed.subarray(0, -9), 1_000_000)).rejects.toMatchObject({ code: 'MALFORMED_FILE' });
    await expect(read(Buffer.from([0x61, 0xff]), 10)).rejects.toMatchObject({ code: 'MALFORMED_FILE' });
  });
});
