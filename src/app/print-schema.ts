import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaBuilderModule, GraphQLSchemaFactory } from '@nestjs/graphql';
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { describeSchema } from '../api/graphql/describe-schema.js';
import { permissionsPage } from '../auth/permissions-page.js';
import { allResolvers } from './all-resolvers.js';

/** The schema, from the resolvers alone: nothing is opened or started. */
export async function sortedSchema(): Promise<GraphQLSchema> {
  const app = await NestFactory.createApplicationContext(GraphQLSchemaBuilderModule, { logger: false });
  const schema = await app.get(GraphQLSchemaFactory).create(allResolvers);
  await app.close();
  return describeSchema(lexicographicSortSchema(schema));
}

/** The files that say what the API is, with what belongs in each. */
async function files(): Promise<readonly (readonly [name: string, text: string])[]> {
  const schema = await sortedSchema();
  return [
    ['schema.gql', `${printSchema(schema)}\n`],
    ['docs/permissions.md', permissionsPage(schema)],
  ];
}

const [, script, verb] = process.argv;
if (script?.endsWith('print-schema.js') === true) {
  for (const [name, text] of await files()) {
    if (verb !== '--check') writeFileSync(name, text);
    else if (readFileSync(name, 'utf8') !== text) {
      console.error(`${name} does not match the code; run "npm run schema:write" and look at the difference.`);
      process.exitCode = 1;
    }
  }
}
