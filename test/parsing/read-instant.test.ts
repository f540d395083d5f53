import { describe, expect, it } from '@jest/globals';
import { readInstant } from '../../src/parsing/read-instant.js';
import { FieldFault, instant } from '../../src/parsing/fields.js';

/** A form that looks for an end from each T would take hours. */
const hostile = 'T'.repeat(1_000_000);

describe('an instant', () => {
  it('is no text of a million letters, and that is seen at once', () => {
    expect(readInstant(hostile)).toBeUndefined();
    expect(() => instant(hostile, 'from')).toThrow(FieldFault);
  });

  it.each([
    ...['2026-02-30T09:00:00Z', '2026-02-29T09:00:00Z', '2026-03-02', '2026-03-02T09:00:00', '2026-03-02T25:00:00Z'],
    ...['2026-03-02T09:00:00+24:00', '2026-03-02T09:00:00+01:60', '2026-03-02T09:00:00+99:99', '1772442000000', ''],
    ...['Mon, 02 Mar 2026 09:00:00 GMT', 'March 2, 2026 T 09:00 Z', '2026-03-02T09:00:00 Europe/Rome'],
  ])('is not what is no day, has no offset or is not ISO 8601: %s', (text) => {
    expect(readInstant(text)).toBeUndefined();
    expect(() => instant(text, 'from')).toThrow('from must be ISO 8601 with an offset');
  });

  it.each([
    ['2026-03-02T09:00:00Z', Date.UTC(2026, 2, 2, 9)],
    ['2026-03-02T09:00:00.5+05:45', Date.UTC(2026, 2, 2, 3, 15, 0, 500)],
    ['2026-03-02T09:00-05', Date.UTC(2026, 2, 2, 14)],
    ['20260302T090000Z', Date.UTC(2026, 2, 2, 9)],
    ['2028-02-29T09:00:00-23:59', Date.UTC(2028, 2, 1, 8, 59)],
  ])('is every form of ISO 8601 with an offset: %s', (text, at) => {
    expect(readInstant(text)).toBe(at);
  });

  it('is read as before', () => {
    expect(readInstant('2026-02-28T09:00:00.123+01:00')).toBe(Date.UTC(2026, 1, 28, 8, 0, 0, 123));
    expect(readInstant('2026-02-30T09:00:00Z')).toBeUndefined();
    expect(instant('2026-02-28T09:00:00Z', 'from')).toBe(Date.UTC(2026, 1, 28, 9));
  });
});
