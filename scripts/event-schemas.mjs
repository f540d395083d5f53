/**
 * Writes the JSON Schemas of the newest versions of all events into docs/events, from their TypeScript types; with
 * `--check` says whether they are there. Schemas of older versions stay as they were released.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createGenerator } from 'ts-json-schema-generator';
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
  const name = `${type}.v${version}.schema.json`;
  const head = { $schema: union.$schema, $id: name, title: `${type}, version ${version}` };
  return { name, text: `${JSON.stringify({ ...head, ...rest, properties: { ...properties, metadata } }, null, 2)}\n` };
});

const stale = schemas.filter(({ name, text }) => {
  const file = `docs/events/${name}`;
  return !existsSync(file) || readFileSync(file, 'utf8') !== text;
});
if (process.argv.includes('--check')) {
  for (const { name } of stale)
    console.error(`docs/events/${name} is not what the code says; see docs/events/README.md.`);
  if (stale.length > 0) process.exitCode = 1;
} else {
  for (const { name, text } of stale) writeFileSync(`docs/events/${name}`, text);
  console.log(`${stale.length} of ${schemas.length} schemas written to docs/events`);
}
