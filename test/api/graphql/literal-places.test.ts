import { describe, expect, it } from '@jest/globals';
import {
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLList,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { literalPlaces } from '../../../src/api/graphql/literal-places.js';
import { InstantScalar, PositionScalar } from '../../../src/api/graphql/scalars.js';

const Span = new GraphQLInputObjectType({
  name: 'Span',
  fields: { from: { type: InstantScalar }, until: { type: InstantScalar } },
});
const schema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: {
      at: {
        type: GraphQLString,
        args: {
          at: { type: InstantScalar },
          spans: { type: new GraphQLList(Span) },
          after: { type: PositionScalar },
          first: { type: GraphQLInt },
        },
      },
    },
  }),
});

const why = 'is not an instant: give ISO 8601 with an offset, for example 2026-03-02T09:00:00+01:00.';

describe('a value in a document itself', () => {
  it.each([
    ['{ at(at: "2026-03-02") }', `at "2026-03-02" ${why}`, 10],
    ['{ at(at: 7) }', `at ${why}`, 10],
    ['{ at(first: 1, spans: [{until: "2026-03-02T09:00:00Z"}, {from: "9"}]) }', `spans.1.from "9" ${why}`, 64],
    ['{ at(spans: {from: "9"}) }', `spans.from "9" ${why}`, 20],
    ['{ at(after: 7) }', 'after must be a position that this API returned.', 13],
    ['query ($at: Instant = "9") { at(at: $at) }', `$at "9" ${why}`, 23],
    ['{ ...Part } fragment Part on Query { at(at: "9") }', `at "9" ${why}`, 45],
  ])('that is wrong is told with its path and its place: %s', (document, message, column) => {
    const errors = validate(schema, parse(document), [...specifiedRules, literalPlaces]);
    expect(errors.map(({ message, locations }) => [message, locations])).toEqual([[message, [{ line: 1, column }]]]);
  });

  it('is named as it is where nobody noted its path', () => {
    const [error] = validate(schema, parse('{ at(at: "9") }'), specifiedRules);
    expect(error?.message).toBe(`The value "9" ${why}`);
  });
});
