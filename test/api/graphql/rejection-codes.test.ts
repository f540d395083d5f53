import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { rejectionCodes } from '../../../src/api/graphql/rejection-codes.js';
import { sourceFiles } from '../../support/source-files.js';

/** What no request comes through: the command line, imports, plans files, starting, and words of other formats. */
const elsewhere = [
  /^src\/(cli|config|imports|observability|main\.ts)/,
  /^src\/app\/(?!read-threads|graphql-options)/,
  /^src\/catalogue\/file\//,
  /^src\/event-sourcing\/copy-log\.ts/,
  /^src\/audit\/compare-verdicts\.ts/,
  /^src\/auth\/(key-store|development-key)\.ts/,
  /^src\/event-store\/eventstoredb\/(causes|credentials|connection-url|log-name)\.ts/,
  /^src\/event-store\/sqlite\/(data-folder|open-database)\.ts/,
  /^src\/read-models\/(connect|make-tables|read-models)\.ts/,
  /^src\/storage\/private-files\.ts/,
  /^src\/webhooks\/(secrets|outbox\/open-outbox)\.ts/,
  /^src\/api\/request-limits\.ts/,
  /^src\/api\/graphql\/(enums|rejection-codes)\.ts/,
  /^src\/business-time\/(read-recurrence-rule|recurrence|icalendar-occurrences|icalendar-text|read-icalendar)\.ts/,
];

/** What is written to the log alone. */
const logged = /logToStderr\(\{[^}]*\}/g;

/** Codes of others, and one that the server does not start with. */
const notOurs = /^(SQLITE|ERR)_|^(INVALID_OPERATIONS|NATIVE_MODULE_UNUSABLE|KEY_USES_NOT_WRITTEN)$/;

describe('the list of codes', () => {
  it('has every code that a request may be refused by, and no other', () => {
    const found = sourceFiles('src')
      .filter((file) => !elsewhere.some((pattern) => pattern.test(file)))
      .flatMap((file) =>
        [
          ...readFileSync(file, 'utf8')
            .replaceAll(logged, '')
            .matchAll(/(?<!\w)'([A-Z][A-Z_]{4,})'/g),
        ].map(([, code]) => code),
      )
      .filter((code) => code !== undefined && !notOurs.test(code));
    expect([...new Set(found)].sort()).toEqual(Object.keys(rejectionCodes).sort());
  });

  it('is in the description of the schema', () => {
    const { description } = buildSchema(readFileSync('schema.gql', 'utf8'));
    const listed = [...(description ?? '').matchAll(/^- `([A-Z_]+)`: (.+)$/gm)].map(([, code, meaning]) => [
      code,
      meaning,
    ]);
    expect(listed).toEqual(Object.entries(rejectionCodes));
  });
});
