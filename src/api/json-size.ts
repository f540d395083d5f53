import { type Limits } from './limits.js';

const [quote, backslash, comma, brace, bracket, braceEnd, bracketEnd] = Buffer.from('"\\,{[}]');

/**
 * Why JSON is not even parsed; undefined: it may be. The parser takes up to a microsecond for each value and for each level
 * of depth, so that four megabytes of brackets would hold up everybody for seconds. What is no JSON is left to the parser.
 */
export function tooMuchJson(
  text: Uint8Array,
  { jsonValues, jsonDepth }: Pick<Limits, 'jsonValues' | 'jsonDepth'>,
): string | undefined {
  let values = 1;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === quote) at = endOfText(text, at);
    else if (sign === comma) values += 1;
    else if (sign === brace || sign === bracket) {
      values += 1;
      depth += 1;
      if (depth > jsonDepth) return `The JSON is more than ${jsonDepth} levels deep.`;
    } else if (sign === braceEnd || sign === bracketEnd) depth -= 1;
    if (values > jsonValues) return `The JSON has more than ${jsonValues} values.`;
  }
  return undefined;
}

/** Where the text ends that begins at a quote. */
function endOfText(text: Uint8Array, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === backslash ? 2 : 1;
  return at;
}
