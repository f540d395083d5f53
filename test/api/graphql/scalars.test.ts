import { describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import { parseInstant } from '../../../src/api/graphql/scalars.js';
import fc from '../../support/fc.js';

const two = (n: number) => String(n).padStart(2, '0');

describe('an instant', () => {
  it('is what Luxon makes of it, on every day that there is and on those that there are not', () => {
    const part = (most: number) => fc.integer({ min: 0, max: most });
    const offset = fc.constantFrom('Z', '+00:00', '+05:45', '-08:00', '+14:00');
    const text = fc
      .tuple(fc.integer({ min: 1970, max: 2100 }), part(13), part(32), part(24), part(60), part(60), offset)
      .map(([y, m, d, h, min, s, zone]) => `${y}-${two(m)}-${two(d)}T${two(h)}:${two(min)}:${two(s)}${zone}`);
    fc.assert(
      fc.property(text, (said) => {
        const at = DateTime.fromISO(said);
        if (at.isValid) expect(parseInstant(said)).toBe(at.toMillis());
        else expect(() => parseInstant(said)).toThrow('is not an instant');
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['2026-02-29T00:00:00Z', '2026-02-30T00:00:00Z', '2026-04-31T00:00:00Z', '2026-11-00T00:00:00Z'])(
    'is refused on a day that there is not: %s',
    (said) => {
      expect(() => parseInstant(said)).toThrow('is not an instant');
    },
  );
});
