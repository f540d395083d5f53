import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** The files of `src/` whose text has a word. */
const filesWith = (word: RegExp): readonly string[] =>
  readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && word.test(readFileSync(join('src', name), 'utf8')))
    .map((name) => name.replaceAll('\\', '/'))
    .sort();

describe('the entry for commands', () => {
  it('is the only way to a ticket: nobody else calls what lies behind it', () => {
    const behind = ['change-ticket.ts', 'command-entry.ts', 'propagate-merge.ts'].map(
      (name) => `tickets/commands/${name}`,
    );
    expect(filesWith(/\bchangeTicket\(|\bchangeTicket\b.* from /)).toEqual(behind);
    expect(filesWith(/\bchangeAndPropagate\b/)).toEqual(behind.slice(1));
    // Settling says nothing of a ticket: it has no rights and no repetition to look for.
    const deciding = ['tickets/commands/change-ticket.ts', 'tickets/commands/settle-ticket.ts'];
    expect(filesWith(/\bticketDecider\(/)).toEqual(deciding);
  });

  it('is used by the API, by imports and by the watcher of revisions', () => {
    expect(filesWith(/\benterCommand\b/)).toEqual([
      'imports/import-sink.ts',
      'tickets/apply-revisions.ts',
      'tickets/commands/change-ticket-handler.ts',
      'tickets/commands/command-entry.ts',
    ]);
  });

  it('makes every append to the stream of a ticket, but for settling', () => {
    expect(
      filesWith(/\bhandleCommands?\(|\.append\(/).filter((name) => !/^event-(store|sourcing)\//.test(name)),
    ).toEqual([
      'catalogue/commands/catalogue-ports.ts',
      'imports/import-sink.ts',
      'tickets/commands/change-ticket.ts',
      'tickets/commands/settle-ticket.ts',
      'webhooks/commands/change-webhook.ts',
      'webhooks/delivery-sender.ts',
    ]);
  });
});
