/**
 * Writes the JSON Schemas of the newest versions of all events into docs/events, from their TypeScript types, and the tables of
 * events and fields into docs/imports.md, from their definitions; with `--check` says whether they are there. Schemas of older
 * versions stay as they were released.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createGenerator } from 'ts-json-schema-generator';
import { pageOfEvents } from './event-tables.mjs';
import { newestVersion } from '../dist/event-sourcing/upcast.js';
import { upcasters } from '../dist/event-schema/upcasters.js';

const union = createGenerator({
  path: 'src/event-schema/recorded-event.ts',
  tsconfig: 'tsconfig.build.json',
  type: 'RecordedEvent',
  expose: 'none',
  topRef: false,
  jsDoc: 'extended',
  skipTypeCheck: true,
}).createSchema('RecordedEvent');

const members = (schema) => schema.anyOf?.flatMap(members) ?? [schema];

/** One schema an event, without what the union says of all of them. */
const schemas = members(union).map(({ properties, description: _description, ...rest }) => {
  const type = properties.type.const;
  const version = newestVersion(upcasters, type);
  const metadata = structuredClone(properties.metadata);
  metadata.properties.schemaVersion = { const: version };
  const id = `${type}.v${version}.schema.json`;
  const head = { $schema: union.$schema, $id: id, title: `${type}, version ${version}` };
  return {
    name: `docs/events/${id}`,
    text: `${JSON.stringify({ ...head, ...rest, properties: { ...properties, metadata } }, null, 2)}\n`,
  };
});

const imports = 'docs/imports.md';
const files = [...schemas, { name: imports, text: pageOfEvents(readFileSync(imports, 'utf8')) }];
const stale = files.filter(({ name, text }) => !existsSync(name) || readFileSync(name, 'utf8') !== text);
if (process.argv.includes('--check')) {
  for (const { name } of stale)
    console.error(`${name} is not what the code says; run "npm run events:write" and see docs/events/README.md.`);
  if (stale.length > 0) process.exitCode = 1;
} else {
  for (const { name, text } of stale) writeFileSync(name, text);
  console.log(`${stale.length} of ${files.length} files written`);
}
