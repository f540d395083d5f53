import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { readInstant } from '../../parsing/read-instant.js';
import { pathOfLiteral } from './literal-places.js';
import { cut } from '../../event-sourcing/rejection.js';

/** What is wrong with a value of a variable, whose path whoever reads variables puts before it. */
const fault = (message: string) => new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });

/** Reads a value that stands in the document itself. @throws GraphQLError with its path and place */
const literal =
  <Value>(read: (value: unknown) => Value) =>
  (node: ValueNode): Value => {
    try {
      return read(node.kind === Kind.STRING ? node.value : undefined);
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      const message = `${pathOfLiteral(node) ?? 'The value'} ${error.message}.`;
      throw new GraphQLError(message, { nodes: node, extensions: error.extensions });
    }
  };

/** As {@link readInstant}, of whatever a client sends. */
export function parseInstant(text: unknown): number {
  const at = typeof text === 'string' ? readInstant(text) : undefined;
  if (at !== undefined) return at;
  const shown = typeof text === 'string' ? `"${cut(text, 60)}" ` : '';
  throw fault(`${shown}is not an instant: give ISO 8601 with an offset, for example 2026-03-02T09:00:00+01:00`);
}

export const InstantScalar = new GraphQLScalarType<number, string>({
  name: 'Instant',
  description:
    'An instant: ISO 8601 with an offset, as in `2026-03-02T09:00:00+01:00`. Answers are in UTC, to the millisecond.',
  serialize: (value) => new Date(value as number).toISOString(),
  parseValue: parseInstant,
  parseLiteral: literal(parseInstant),
});

const parsePosition = (text: unknown): string => {
  if (typeof text === 'string' && text.length <= 100) return text;
  throw fault('must be a position that this API returned');
};

export const PositionScalar = new GraphQLScalarType<string, string>({
  name: 'Position',
  description:
    "A place in the log, opaque: what a mutation answers, or the cursor of a message. Another log's is refused.",
  serialize: (value) => String(value),
  parseValue: parsePosition,
  parseLiteral: literal(parsePosition),
});

export const JsonScalar = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  description: 'Any JSON value: the content of an event, as it is in the log.',
  serialize: (value) => value,
});
