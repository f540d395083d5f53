import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EventStore, type ReadStreamOptions } from '../../../src/event-sourcing/event-store.js';
import { Rejection } from '../../../src/event-sourcing/rejection.js';
import { changeTicket } from '../../../src/tickets/commands/change-ticket.js';
import { type TicketRequest } from '../../../src/tickets/commands/ticket-request.js';
import { ticketStream } from '../../../src/tickets/domain/ticket-event-types.js';
import { newFolder } from '../../support/api.js';
import { ledgerAt, open, say, type TestContext } from '../../support/application-contexts.js';
import { withAppend } from '../../support/stores.js';

const bug = { ticketType: 'productBug', channel: 'email', subject: 'It broke' } as const;

const commands: readonly TicketRequest['command'][] = [
  { type: 'AddInternalNote', text: 'hm' },
  { type: 'RecordFollowUp' },
  { type: 'ResolveTicket' },
  { type: 'MergeTicket', into: 'own' },
  { type: 'SplitTicket', into: 'fresh', messageAt: 0 },
];

describe('a ticket of a customer whom the sender may not see', () => {
  let folder: string;
  let context: TestContext;
  beforeAll(async () => {
    folder = newFolder();
    context = await ledgerAt('2026-03-02T09:00:00Z', folder);
    await open(context, 'own');
    await say(context, 'anothers', { type: 'OpenTicket', customer: 'globex', ...bug });
    for (let i = 0; i < 300; i++) await say(context, 'anothers', { type: 'AddInternalNote', text: `note ${i}` });
  });
  afterAll(async () => {
    await context.close();
    rmSync(folder, { recursive: true });
  });

  /** What it takes to be refused: reads of streams, and events that came of them. */
  async function refused(ticket: string, command: TicketRequest['command'], isKept: boolean) {
    let [reads, events] = [0, 0];
    const store: EventStore = {
      ...withAppend(context.store, (append) => append),
      async *readStream(stream: string, options?: ReadStreamOptions) {
        reads += 1;
        for await (const event of context.store.readStream(stream, options)) {
          events += 1;
          yield event;
        }
      },
    };
    for (const id of ['own', 'anothers']) {
      if (isKept) await say(context, id, { type: 'AddInternalNote', text: 'at hand' });
      else context.tickets.delete(ticketStream(id));
    }
    const actor = { id: 'mia', kind: 'person' } as const;
    const changed = changeTicket(
      { ...context, store },
      ticket,
      [{ command, actor, mayBackdate: false }],
      new Set(['acme']),
    );
    const refusal = await changed.then(
      ({ outcomes: [outcome] }) => (outcome?.kind === 'rejected' ? outcome.rejection : undefined),
      (error: unknown) => error,
    );
    if (!(refusal instanceof Rejection)) throw new Error('it was not refused', { cause: refusal });
    return {
      refusal: refusal.message.replace(ticket, 'ID').replace('anothers', 'ID').replace('none', 'ID'),
      reads,
      events,
    };
  }

  it.each(commands.flatMap((command) => [true, false].map((isKept) => [command.type, isKept, command] as const)))(
    'takes no more than one that is not there: %s, at hand: %s',
    async (_, isKept, command) => {
      const [none, anothers] = [await refused('none', command, isKept), await refused('anothers', command, isKept)];
      expect(anothers).toEqual({ ...none, events: 1 });
      expect(none).toMatchObject({ refusal: 'There is no ticket ID.', reads: 1, events: 0 });
    },
  );

  it.each([true, false])('takes no more where another is to be merged into it; at hand: %s', async (isKept) => {
    const into = (id: string) => refused('own', { type: 'MergeTicket', into: id }, isKept);
    const [none, anothers] = [await into('none'), await into('anothers')];
    expect(anothers).toEqual({ ...none, events: none.events + 1 });
    expect(none.refusal).toBe('There is no ticket ID.');
  });
});
