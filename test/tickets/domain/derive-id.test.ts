import { describe, expect, it } from '@jest/globals';
import { v5, validate } from 'uuid';
import fc from '../../support/fc.js';
import { deriveId } from '../../../src/event-sourcing/derive-id.js';

describe('an id that derives from something', () => {
  it('is the UUIDv5 of its parts, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (parts) => {
        const id = deriveId(...parts);
        expect(validate(id)).toBe(true);
        expect(id).toBe(v5(new TextEncoder().encode(JSON.stringify(parts)), '6f1c9f7e-4b0a-5d53-9a58-0d2b3c8c1e11'));
      }),
    );
  });
});
