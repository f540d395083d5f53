import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, specifiedRules, validate } from 'graphql';
import { type SubscribePayload } from 'graphql-ws';
import { Cache } from '../../event-sourcing/cache.js';
import { mostErrors } from '../exception-filter.js';
import { tooLong, tooLongCode } from '../graphql/document-rules.js';
import { notAllowed } from '../graphql/persisted-operations.js';
import { queryRules } from '../graphql/query-rules.js';
import { type RequestLimits } from '../request-limits.js';

/** How many sound documents are kept, and how long they may be together: read, each takes a hundred times its length. */
const kept = { documents: 200, chars: 200_000 };

interface Sound {
  readonly document: DocumentNode;
  readonly chars: number;
}

export const refusal = (message: string, code: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code } });

/**
 * Reads a document as Apollo does for HTTP, by the same rules. One that was sound is kept: hundreds subscribe by the same
 * one when a server starts.
 * @returns the document, or what is wrong with it
 */
export function documentReader(
  schema: GraphQLSchema,
  requestLimits: RequestLimits,
): (payload: SubscribePayload) => DocumentNode | readonly GraphQLError[] {
  const rules = [...specifiedRules, ...queryRules(requestLimits)];
  const sound = new Cache<Sound>(kept.documents, ({ chars }) => chars, kept.chars);
  const read = (text: string): DocumentNode | readonly GraphQLError[] => {
    const document = parse(text, { maxLexicalTokens: requestLimits.limits.tokens });
    const faults = validate(schema, document, rules, { maxErrors: mostErrors });
    if (faults.length > 0) return faults.map((fault) => coded(fault, 'GRAPHQL_VALIDATION_FAILED'));
    sound.set(text, { document, chars: text.length });
    return document;
  };
  return (payload) => {
    const text = requestLimits.operations === undefined ? payload.query : requestLimits.operations.documentOf(payload);
    if (text === undefined) return [refusal(notAllowed.message, notAllowed.code)];
    const why = tooLong(text, requestLimits.limits);
    if (why !== undefined) return [refusal(why, tooLongCode)];
    try {
      return sound.get(text)?.document ?? read(text);
    } catch (error) {
      if (error instanceof GraphQLError) return [coded(error, 'GRAPHQL_PARSE_FAILED')];
      throw error;
    }
  };
}

const coded = ({ message, nodes, source, positions }: GraphQLError, code: string) =>
  new GraphQLError(message, {
    ...{ nodes: nodes ?? null, source: source ?? null, positions: positions ?? null },
    extensions: { code },
  });
