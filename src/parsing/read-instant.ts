import { DateTime } from 'luxon';
import { type Instant } from '../business-time/calendar.js';

/** The form that programs write, of a day that its month has every year: the engine itself reads it, ten times as fast. */
const usual = new RegExp(
  String.raw`^\d{4}-(?:(?:0\d|1[0-2])-(?:[01]\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)` +
    String.raw`T\d{2}:\d{2}:\d{2}(?:\.\d{3})?(?:Z|[+-]\d{2}:\d{2})$`,
);

/** No instant is longer; the forms below would go through long text again and again. */
const longest = 64;

/** Whether text has a time and ends in an offset, as far as an instant in ISO 8601 has to. */
export const endsInOffset = (text: string): boolean =>
  text.length <= longest && /T.*(Z|[+-]\d{2}(:?\d{2})?)$/i.test(text);

/** An offset that no clock has; Luxon takes it. */
const beyondADay = /[+-](?:2[4-9]|[3-9]\d|\d{2}:?[6-9]\d)(?::?\d{2})?$/;

/** The instant that ISO 8601 text names, wherever it comes in; a local time without an offset names none. */
export function readInstant(text: string): Instant | undefined {
  if (text.length > longest) return undefined;
  const quick = usual.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(quick)) return quick;
  const at = endsInOffset(text) && !beyondADay.test(text) ? DateTime.fromISO(text) : undefined;
  return at?.isValid === true ? at.toMillis() : undefined;
}
