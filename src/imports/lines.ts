/** Longer lines are refused without being held. */
const longestLine = 1024 * 1024;

/** A line of text, or why it is none. Lines count from 1. */
export type Line =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly fault: string; readonly raw: string };

const newline = 0x0a;

/** The lines of some bytes, however they are cut: without a byte order mark and line ends, empty ones among them. */
export async function* linesOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<Line, void, undefined> {
  let number = 0;
  let parts: Buffer[] = [];
  let length = 0;
  const take = (): Line => {
    number += 1;
    const line = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    const isTooLong = length > longestLine;
    parts = [];
    length = 0;
    return isTooLong ? { number, fault: 'the line is longer than 1 MiB', raw: '' } : decode(number, line);
  };
  for await (const chunk of bytes) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      length += end - from;
      if (length <= longestLine) parts.push(chunk.subarray(from, end));
      yield take();
      from = end + 1;
    }
    length += chunk.length - from;
    if (length <= longestLine) parts.push(chunk.subarray(from));
    else parts = [];
  }
  if (length > 0) yield take();
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(number: number, line: Buffer): Line {
  try {
    const text = decoder.decode(line).replace(/\r$/, '');
    return { number, text: number === 1 ? text.replace(/^\uFEFF/, '') : text };
  } catch {
    return { number, fault: 'the line is not UTF-8', raw: line.toString('latin1').slice(0, 1000) };
  }
}
