import { type GraphQLSchema } from 'graphql';
import { rejectionCodes } from './rejection-codes.js';

const roots = {
  Query: 'What can be asked. A field that fails is null, with an error of its own, and its neighbours are answered.',
  Mutation: 'What can be changed: one field after the other, each by itself. What is refused is a `Rejection`.',
  Subscription: 'What is sent as it happens, over WebSocket.',
} as const;

/** Says of a schema what belongs to no single resolver. */
export function describeSchema(schema: GraphQLSchema): GraphQLSchema {
  schema.description = `What is refused has a stable code: of a mutation in \`Rejection.code\`, of anything else in \`extensions.code\` of an error.

${Object.entries(rejectionCodes)
  .map(([code, meaning]) => `- \`${code}\`: ${meaning}`)
  .join('\n')}`;
  for (const [name, description] of Object.entries(roots)) {
    const root = schema.getType(name);
    if (root !== undefined) root.description = description;
  }
  return schema;
}
