import { Rejection } from '../event-sourcing/rejection.js';

/** In place of a U+FFFD that is really there, since it also stands for bytes that are none of the encoding. */
export const standIn = '\uFDD0';

const replacement = Buffer.from('\uFFFD');
const marked = Buffer.from(standIn);

/**
 * The text of a log by its encoding, or as it begins: UTF-8, or UTF-16. What is not in the encoding comes out as U+FFFD, and
 * a U+FFFD that is there as {@link standIn}.
 * @throws Rejection `LOG_MALFORMED` for a file of another kind
 */
export async function* textOfLog(
  bytes: AsyncIterable<Buffer>,
  encoding: string | undefined,
): AsyncGenerator<string, void, undefined> {
  let decode: Decode | undefined;
  for await (const chunk of bytes) {
    decode ??= decoderFor(chunk, encoding);
    yield decode(chunk);
  }
  if (decode !== undefined) yield decode();
}

/** Text of a chunk; of none what is left at the end. */
type Decode = (chunk?: Buffer) => string;

function decoderFor(first: Buffer, encoding: string | undefined): Decode {
  expectText(first);
  const known = encoding ?? looksLikeUtf16(first) ?? 'utf-8';
  if (known === 'utf-16le' || known === 'utf-16be') return utf16(known === 'utf-16be');
  const decoder = new TextDecoder(known);
  if (known !== 'utf-8') return (chunk) => decoder.decode(chunk, { stream: chunk !== undefined });
  let kept = Buffer.alloc(0);
  return (chunk) => {
    if (chunk === undefined) return decoder.decode(kept);
    const all = Buffer.concat([kept, chunk]);
    const whole = all.length - unfinished(all);
    kept = Buffer.from(all.subarray(whole));
    for (let at = all.indexOf(replacement); at >= 0; at = all.indexOf(replacement, at + 3)) all.set(marked, at);
    return decoder.decode(all.subarray(0, whole), { stream: true });
  };
}

/** How many bytes at the end may go on as U+FFFD in the next chunk. */
const unfinished = (bytes: Buffer) =>
  bytes.at(-1) === 0xef ? 1 : bytes.at(-2) === 0xef && bytes.at(-1) === 0xbf ? 2 : 0;

function utf16(isBigEndian: boolean): Decode {
  let kept = Buffer.alloc(0);
  let isFirst = true;
  return (chunk) => {
    if (chunk === undefined) return kept.length > 0 ? '\uFFFD' : '';
    const all = Buffer.concat([kept, chunk]);
    let whole = all.length - (all.length % 2);
    const high = whole > 0 ? (all[isBigEndian ? whole - 2 : whole - 1] ?? 0) : 0;
    if (high >= 0xd8 && high < 0xdc) whole -= 2; // the second half of the character is in the next chunk
    kept = Buffer.from(all.subarray(whole));
    const units = all.subarray(0, whole);
    if (isBigEndian) units.swap16();
    const text = units
      .toString('utf16le')
      .replaceAll('\uFFFD', standIn)
      .replace(/\p{Surrogate}/gu, '\uFFFD');
    const [begin, end] = [isFirst && text.startsWith('\uFEFF') ? 1 : 0, text.length];
    isFirst = false;
    return text.slice(begin, end);
  };
}

/** Whether a file is in UTF-16: it begins with its mark, or every other byte is none, as Latin letters have it. */
function looksLikeUtf16(first: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  if (first[0] === 0xff && first[1] === 0xfe) return 'utf-16le';
  if (first[0] === 0xfe && first[1] === 0xff) return 'utf-16be';
  const begin = first.subarray(0, 200);
  const zeros = (parity: number) => begin.filter((byte, i) => byte === 0 && i % 2 === parity).length;
  if (begin.length < 4 || begin.indexOf(0) < 0) return undefined;
  return zeros(1) > begin.length / 4 ? 'utf-16le' : zeros(0) > begin.length / 4 ? 'utf-16be' : undefined;
}

/** What files of other kinds begin with. */
const others: readonly (readonly [begin: Buffer, name: string])[] = [
  [Buffer.from('PK\u0003\u0004'), 'a spreadsheet (.xlsx, .ods) or a ZIP archive'],
  [Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'a spreadsheet of an old kind (.xls)'],
  [Buffer.from('%PDF'), 'a PDF'],
  [Buffer.from('SQLite format 3'), 'an SQLite database'],
];

function expectText(first: Buffer): void {
  const [, name] = others.find(([begin]) => first.subarray(0, begin.length).equals(begin)) ?? [];
  if (name !== undefined) throw new Rejection('LOG_MALFORMED', `The file is ${name}, and not text: save it as CSV.`);
}
