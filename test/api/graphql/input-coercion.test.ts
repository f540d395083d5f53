import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, type GraphQLSchema, isInputObjectType } from 'graphql';
import { readSettings } from '../../../src/config/settings.js';
import { requestLimitsOf } from '../../../src/api/request-limits.js';
import { graphqlOptions } from '../../../src/app/graphql-options.js';
import { withFastInputs } from '../../../src/api/graphql/input-coercion.js';
import { ManualClock } from '../../support/manual-clock.js';

setFlagsFromString('--allow-natives-syntax');
const isQuick = runInThisContext('(object) => %HasFastProperties(object)') as (object: object) => boolean;

const schema = () => buildSchema('input Place { x: Int, y: Int } type Query { at(place: Place): Int }');

function fieldsOf(of: GraphQLSchema) {
  const type = of.getType('Place');
  if (!isInputObjectType(type)) throw new Error('there is no such input');
  return type.getFields();
}

describe('the fields of inputs', () => {
  it('are the same, in a form that V8 reads fast', () => {
    const [slow, quick] = [fieldsOf(schema()), fieldsOf(withFastInputs(schema()))];
    expect(Object.keys(quick)).toEqual(Object.keys(slow));
    expect([isQuick(slow), isQuick(quick)]).toEqual([false, true]);
  });

  it('know no more names than they had', () => {
    expect(fieldsOf(withFastInputs(schema()))['constructor']).toBeUndefined();
  });

  it('are still so when the schema is served', async () => {
    const options = graphqlOptions(requestLimitsOf(readSettings({}), new ManualClock(0)));
    expect(options.sortSchema).toBeUndefined(); // Nest would sort a copy of it, after it is made
    const bare = buildSchema('input Place { x: Int, y: Int }');
    expect(isQuick(fieldsOf((await options.transformSchema?.(bare)) ?? bare))).toBe(true);
  });
});
