import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Command } from 'commander';
import { buildSchema, isObjectType } from 'graphql';
import { rejectionCodes } from '../../src/api/graphql/rejection-codes.js';
import { programFor } from '../../src/cli/program.js';
import { variables } from '../../src/config/settings.js';

/** What tests say, but for this one and for what is made from the schema itself. */
const tests = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && file !== 'project/promised.test.ts')
  .map((file) => readFileSync(join('test', file), 'utf8'))
  .join('\n');
const words = new Set(tests.match(/[\w$]+/g));
const flags = new Set(tests.match(/--[a-z][a-z-]*/g));

const schema = buildSchema(readFileSync('schema.gql', 'utf8'));
const objects = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith('__'));

/** Each command with what leads to it, as in `keys create`. */
const commandsOf = (command: Command, path = ''): readonly { readonly path: string; readonly command: Command }[] =>
  command.commands.flatMap((sub) => {
    const own = `${path} ${sub.name()}`.trim();
    return [{ path: own, command: sub }, ...commandsOf(sub, own)];
  });
const commands = commandsOf(await programFor([]));

/** What no test names yet; it may become less. */
const untold: ReadonlySet<string> = new Set([
  'serve --accept-older-log',
  'EVENT_STORE_CA_FILE',
  'WebhookDelivery.lastAttemptAt',
]);

describe('what is promised is named by some test', () => {
  it.each<readonly [what: string, promised: readonly string[], isNamed: (name: string) => boolean]>([
    [
      'operations and fields of the schema',
      objects.flatMap((type) =>
        isObjectType(type) ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`) : [],
      ),
      (name) => words.has(name.split('.')[1] ?? ''),
    ],
    ['codes of refusals', Object.keys(rejectionCodes), (code) => words.has(code)],
    ['settings', Object.values(variables), (name) => words.has(name)],
    [
      'commands',
      commands.map(({ path }) => path),
      (path) => path.split(' ').every((word) => tests.includes(`'${word}'`)),
    ],
    [
      'options of commands',
      commands.flatMap(({ path, command }) => command.options.map(({ long }) => `${path} ${long ?? ''}`)),
      (name) => flags.has(name.split(' ').at(-1) ?? ''),
    ],
  ])('%s', (_, promised, isNamed) => {
    expect(promised.length).toBeGreaterThan(8);
    expect(promised.filter((name) => !isNamed(name) && !untold.has(name))).toEqual([]);
  });
});
