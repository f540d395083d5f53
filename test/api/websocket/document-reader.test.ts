import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { documentReader } from '../../../src/api/websocket/document-reader.js';
import { settingsOf } from '../../support/application-contexts.js';
import { ManualClock } from '../../support/manual-clock.js';
import { testDoors } from '../../support/request-limits.js';

const schema = buildSchema(readFileSync('schema.gql', 'utf8'));
const { requestLimits } = testDoors(settingsOf('data'), new ManualClock(0));
const plans = { query: '{ plans { code } }' };

describe('a document that comes over a socket', () => {
  it('is read once for all who send the same', () => {
    const read = documentReader(schema, requestLimits);
    const document = read(plans);
    expect(document).toMatchObject({ kind: 'Document' });
    expect(read({ ...plans })).toBe(document);
    expect(read({ query: '{ plans { name } }' })).not.toBe(document);
  });

  it('is refused each time where it is wrong', () => {
    const read = documentReader(schema, requestLimits);
    for (const _ of ['once', 'again']) {
      expect(read({ query: '{ plans { nothing } }' })).toMatchObject([
        { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
      ]);
      expect(read({ query: '{' })).toMatchObject([{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }]);
    }
  });

  it('is dropped where many others came after it, however long they are', () => {
    const read = documentReader(schema, requestLimits);
    for (const others of [
      Array.from({ length: 500 }, (_, n) => `{ plans { code } } # ${n}`),
      Array.from({ length: 10 }, (_, n) => `{ plans { code } } # ${n}${'x'.repeat(90_000)}`),
    ]) {
      const document = read(plans);
      for (const query of others) read({ query });
      expect(read(plans)).not.toBe(document);
    }
  });
});
