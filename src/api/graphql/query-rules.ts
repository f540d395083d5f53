import { ApolloArmor } from '@escape.tech/graphql-armor';
import { NoSchemaIntrospectionCustomRule, type ValidationRule } from 'graphql';
import { nameRule } from './document-rules.js';
import { literalPlaces } from './literal-places.js';
import { type Limits } from '../limits.js';
import { queryCostRule } from './query-cost.js';

export interface QueryRules {
  readonly limits: Limits;
  /** Whether the schema may be asked for. */
  readonly isExplorable: boolean;
}

/**
 * What a document must keep to beside the specification, the same over HTTP and WebSocket. Depth and aliases are
 * graphql-armor's; tokens are the parser's own business.
 */
export function queryRules({ limits, isExplorable }: QueryRules): readonly ValidationRule[] {
  const { validationRules } = new ApolloArmor({
    maxDepth: { n: limits.depth, flattenFragments: true },
    maxAliases: { n: limits.aliases, allowList: [] }, // by default any number of `__typename` goes through
    maxDirectives: { enabled: false },
    costLimit: { enabled: false },
    maxTokens: { enabled: false },
    blockFieldSuggestion: { enabled: false },
  }).protect();
  const introspection = isExplorable ? [] : [NoSchemaIntrospectionCustomRule];
  return [literalPlaces, nameRule(limits), queryCostRule(limits), ...validationRules, ...introspection];
}
