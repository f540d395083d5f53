import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';

const schema = buildSchema(readFileSync('schema.gql', 'utf8'));

/** The operations that pages show as blocks of their own. */
const operations = readdirSync('docs', { encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .flatMap((name) =>
    readFileSync(join('docs', name), 'utf8')
      .split(/\n(?! {4}|\n)/)
      .map((block) => block.slice(block.search(/^ {4}/m)).replaceAll(/^ {4}/gm, ''))
      .filter((block) => /^(query|mutation|subscription)\b/.test(block))
      .map((operation) => [name, /\{\s*(\w+)/.exec(operation)?.[1], operation] as const),
  );

describe('an operation in the docs', () => {
  it('is found', () => {
    expect(operations.map(([name]) => name)).toEqual(expect.arrayContaining(['feed.md', 'graphql.md']));
  });

  it.each(operations)('fits the schema: in %s, of %s', (_name, _field, operation) => {
    expect(validate(schema, parse(operation))).toEqual([]);
  });
});
