import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { readInstant } from '../../parsing/read-instant.js';
import { cut } from '../../event-sourcing/rejection.js';

const badInput = (message: string) => new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });

const literal = (node: ValueNode): unknown => (node.kind === Kind.STRING ? node.value : undefined);

/** As {@link readInstant}, of whatever a client sends. */
export function parseInstant(text: unknown): number {
  const at = typeof text === 'string' ? readInstant(text) : undefined;
  if (at !== undefined) return at;
  const shown = typeof text === 'string' ? `"${cut(text, 60)}"` : 'The value';
  throw badInput(`${shown} is not an instant: give ISO 8601 with an offset, for example 2026-03-02T09:00:00+01:00.`);
}

export const InstantScalar = new GraphQLScalarType<number, string>({
  name: 'Instant',
  description:
    'An instant: ISO 8601 with an offset, as in `2026-03-02T09:00:00+01:00`. Answers are in UTC, to the millisecond.',
  serialize: (value) => new Date(value as number).toISOString(),
  parseValue: parseInstant,
  parseLiteral: (node) => parseInstant(literal(node)),
});

const parsePosition = (text: unknown): string => {
  if (typeof text === 'string' && text.length <= 100) return text;
  throw badInput('A position must be a text that this API returned.');
};

export const PositionScalar = new GraphQLScalarType<string, string>({
  name: 'Position',
  description:
    "A place in the log, opaque: what a mutation answers, or the cursor of a message. Another log's is refused.",
  serialize: (value) => String(value),
  parseValue: parsePosition,
  parseLiteral: (node) => parsePosition(literal(node)),
});

export const JsonScalar = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  description: 'Any JSON value: the content of an event, as it is in the log.',
  serialize: (value) => value,
});
