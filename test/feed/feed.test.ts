import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Feed } from '../../src/feed/feed.js';
import { type FeedFilter } from '../../src/feed/domain/feed-event.js';
import { settleTicket } from '../../src/tickets/commands/settle-ticket.js';
import { newFolder } from '../support/api.js';
import { importLines, ledgerAt, open, say, type TestContext } from '../support/application-contexts.js';
import { meant } from '../support/meant.js';

const line = (event: string, occurredAt: string, more: object = {}) =>
  JSON.stringify({ event, ticket: 'A-1', occurredAt, actor: { id: 'mia' }, ...more });
const opened = line('TicketOpened', '2026-02-26T10:00:00Z', {
  ...{ customer: 'acme', plan: 'pro', type: 'productBug', channel: 'email', subject: 'It broke' },
});

describe('the feed', () => {
  let folder: string;
  let context: TestContext;
  beforeEach(async () => {
    folder = newFolder();
    context = await ledgerAt('2026-03-02T09:00:00Z', folder);
  });
  afterEach(async () => {
    await context.close();
    rmSync(folder, { recursive: true });
  });

  /** What somebody hears who listens from the log's beginning until a ticket opened last is met. */
  async function heard(filter: FeedFilter = {}): Promise<readonly string[]> {
    await open(context, 'T-last');
    await say(context, 'T-last', { type: 'RecordFirstResponse' });
    const events: string[] = [];
    const stop = new AbortController();
    const feed = new Feed({ store: context.store, time: context.time, heartbeatMs: 15_000 });
    for await (const message of feed.listen({ scope: 'everyone', after: '', filter, signal: stop.signal })) {
      if (message.kind === 'heartbeat') continue;
      if (message.event.data.ticket === 'T-last') stop.abort();
      else events.push(message.event.type);
    }
    return events;
  }

  it('48: tells of what is said twice once', async () => {
    await open(context, 'T-1');
    context.time.moveTo(Date.parse('2026-03-03T10:00:00Z'));
    for (let i = 0; i < 3; i++) await settleTicket(context, 'T-1');
    for (let i = 0; i < 3; i++) await open(context, 'T-1').catch(meant('TICKET_EXISTS'));
    expect(await heard()).toEqual(['SlaBreached']);
  });

  it('51: leaves out what took effect before the import that brought its ticket, unless asked', async () => {
    const late = line('FirstResponseSent', '2026-02-27T12:00:00Z');
    const imported = await importLines(context, [opened, late]);
    await imported.log.finish(imported.counts);
    expect(await heard()).toEqual([]);
    expect(await heard({ includeHistoric: true })).toEqual(['SlaBreached', 'SlaMetLate']);
  });

  it('51: tells of what falls due on an imported ticket from then on', async () => {
    const dueLater = opened.replace('2026-02-26T10', '2026-02-27T16');
    const imported = await importLines(context, [dueLater]);
    await imported.log.finish(imported.counts);
    context.time.moveTo(Date.parse('2026-03-02T17:00:00Z'));
    await settleTicket(context, await onlyTicket());
    expect(await heard()).toEqual(['SlaBreached']);
  });

  async function onlyTicket(): Promise<string> {
    for await (const { data } of context.store.readAll({ types: ['TicketOpened'] }))
      return (data as { readonly ticket: string }).ticket;
    throw new Error('there is no ticket');
  }
});
