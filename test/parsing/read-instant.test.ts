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

  it('is read as before', () => {
    expect(readInstant('2026-02-28T09:00:00.123+01:00')).toBe(Date.UTC(2026, 1, 28, 8, 0, 0, 123));
    expect(readInstant('2026-02-30T09:00:00Z')).toBeUndefined();
    expect(instant('2026-02-28T09:00:00Z', 'from')).toBe(Date.UTC(2026, 1, 28, 9));
  });
});
