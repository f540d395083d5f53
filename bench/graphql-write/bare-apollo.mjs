/** Apollo Server alone, on Express, as its documentation has it: the same schema, with one mutation more that does nothing. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';

const typeDefs = `
  ${readFileSync(new URL('../../schema.gql', import.meta.url), 'utf8')}
  type NoopDone { done: Boolean! }
  union NoopResult = NoopDone | Rejection
  extend type Mutation { noop(input: OpenTicketInput!): NoopResult! }
`;
const resolvers = { Mutation: { noop: () => ({ __typename: 'NoopDone', done: true }) } };

const apollo = new ApolloServer({ typeDefs, resolvers });
await apollo.start();
const app = express();
app.use('/graphql', express.json(), expressMiddleware(apollo));
const server = createServer(app).listen(0, '127.0.0.1', () => {
  process.send({ url: `http://127.0.0.1:${server.address().port}`, key: '' });
});
process.once('disconnect', () => process.exit());
