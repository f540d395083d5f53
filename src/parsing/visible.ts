/**
 * What a terminal or an editor takes for a command, a line's end or a change of direction, or does not show: controls, marks
 * of format, halves of signs, separators of lines, and the letters that have no shape.
 */
export const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u3164\uffa0]/gu;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const unit = (code: number) => `\\u${code.toString(16).padStart(4, '0')}`;

/** A sign as JSON escapes it. */
const escaped = (sign: string): string =>
  short[sign] ??
  sign
    .split('')
    .map((half) => unit(half.charCodeAt(0)))
    .join('');

/**
 * Text as it may stand on a line of a terminal or a log: what would not be seen as it is is escaped. A line of JSON stays JSON
 * of the same value.
 */
export const visible = (text: string): string => text.replace(unseen, escaped);
