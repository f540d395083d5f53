import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaBuilderModule, GraphQLSchemaFactory } from '@nestjs/graphql';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { allResolvers } from './resolvers.js';

/** The schema as text, from the resolvers alone: nothing is opened or started. */
export async function schemaText(): Promise<string> {
  const app = await NestFactory.createApplicationContext(GraphQLSchemaBuilderModule, { logger: false });
  const schema = await app.get(GraphQLSchemaFactory).create(allResolvers);
  await app.close();
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}

const [, script, verb] = process.argv;
if (script?.endsWith('print-schema.js') === true) {
  const text = await schemaText();
  if (verb === '--check') {
    if (readFileSync('schema.gql', 'utf8') !== text) {
      console.error('schema.gql is not what the code says; run «npm run schema:write» and look at the difference.');
      process.exitCode = 1;
    }
  } else {
    writeFileSync('schema.gql', text);
  }
}
