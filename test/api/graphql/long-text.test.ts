import { describe, expect, it } from '@jest/globals';
import {
  type GraphQLInputType,
  GraphQLInputObjectType,
  GraphQLList,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  GraphQLID,
  getOperationAST,
  parse,
} from 'graphql';
import { usualText } from '../../../src/api/graphql/long-text.js';
import { faultsOfVariables } from '../../../src/api/graphql/variable-faults.js';

const calendarText = 2_000_000;
const input: GraphQLInputObjectType = new GraphQLInputObjectType({
  name: 'Input',
  fields: () => ({
    text: { type: GraphQLString },
    texts: { type: new GraphQLList(GraphQLString) },
    within: { type: input },
    calendar: { type: GraphQLString, extensions: { longestText: calendarText } },
    calendars: { type: new GraphQLList(GraphQLString), extensions: { longestText: calendarText } },
  }),
});
const args: Record<string, { type: GraphQLInputType }> = {
  text: { type: GraphQLString },
  id: { type: GraphQLID },
  texts: { type: new GraphQLList(GraphQLString) },
  input: { type: input },
};
const schema = new GraphQLSchema({
  query: new GraphQLObjectType({ name: 'Query', fields: { field: { type: GraphQLString, args } } }),
});

/** What is said of a variable that each of twenty fields uses. */
function said(name: string, type: string, value: unknown) {
  const fields = Array.from({ length: 20 }, (_, n) => `a${n}: field(${name}: $x)`).join(' ');
  const operation = getOperationAST(parse(`query ($x: ${type}) { ${fields} }`));
  if (operation === null || operation === undefined) throw new Error('there is no operation');
  const faults = faultsOfVariables(schema, operation, { x: value });
  return faults.isEmpty ? undefined : faults.asError().message;
}

const text = (length: number) => 'x'.repeat(length);

describe('a text in a variable, which many fields may use', () => {
  it.each<readonly [where: string, name: string, type: string, put: (text: string) => unknown]>([
    ['by itself', 'text', 'String', (x) => x],
    ['as an id', 'id', 'ID', (x) => x],
    ['in a list', 'texts', '[String]', (x) => [x]],
    ['for a list', 'texts', '[String]', (x) => x],
    ['in an input', 'input', 'Input', (x) => ({ text: x })],
    ['in a list in an input', 'input', 'Input', (x) => ({ texts: ['', x] })],
    ['in an input in another', 'input', 'Input', (x) => ({ within: { text: x } })],
  ])('has ten thousand characters at most: %s', (_, name, type, put) => {
    expect(said(name, type, put(text(usualText)))).toBeUndefined();
    expect(said(name, type, put(text(usualText + 1)))).toContain(`must have ${usualText} characters at most`);
  });

  it.each<readonly [where: string, put: (text: string) => unknown]>([
    ['by itself', (x) => ({ calendar: x })],
    ['in a list', (x) => ({ calendars: [x] })],
    ['in an input in another', (x) => ({ within: { calendar: x } })],
  ])('has as many as its field says, where it does: %s', (_, put) => {
    expect(said('input', 'Input', put(text(calendarText)))).toBeUndefined();
    expect(said('input', 'Input', put(text(calendarText + 1)))).toContain(`must have ${calendarText} characters`);
  });

  it('is not repeated in what is said of it', () => {
    expect(said('text', 'String', text(1_000_000))?.length).toBeLessThan(200);
  });
});
