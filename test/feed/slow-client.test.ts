import { rmSync } from 'node:fs';
import { describe, expect, it, jest } from '@jest/globals';
import { feedTypes } from '../../src/feed/domain/feed-event.js';
import { startServer } from '../../src/app/bootstrap.js';
import { all } from '../contract/event-store.contract.js';
import { newFolder } from '../support/api.js';
import { importLines, ledgerAt } from '../support/application-contexts.js';
import { allBut, type Message, rawClient } from '../support/raw-client.js';

describe('a client that does not read', () => {
  /** Large messages fill what the network holds after a few thousand. */
  const large = Array.from({ length: 10 }, (_, i) => `s${i}: subject`).join(' ');
  const query = `subscription ($after: Position) {
    slaEvents(after: $after, filter: { includeHistoric: true }) { __typename cursor ... on SlaEvent { id ${large} } }
  }`;
  interface Sent {
    readonly data: {
      readonly slaEvents: { readonly __typename: string; readonly cursor: string; readonly id?: string };
    };
  }
  const idsIn = (messages: readonly Message[]) =>
    messages.flatMap(({ type, payload }) => (type === 'next' ? ((payload as Sent).data.slaEvents.id ?? []) : []));

  /** Tickets whose every answer came late, so that each has a breach and what became of it. */
  function* answeredLate(tickets: number, answers: number) {
    const about = {
      customer: 'acme',
      plan: 'advanced',
      type: 'productBug',
      channel: 'email',
      subject: 'x'.repeat(480),
    };
    for (let i = 0; i < tickets; i++) {
      const said = (event: string, day: number, more: object = {}) =>
        JSON.stringify({
          event,
          ticket: `A-${i}`,
          actor: { id: 'mia' },
          occurredAt: new Date(day * 86_400_000),
          ...more,
        });
      yield said('TicketOpened', 20_000, about);
      for (let n = 1; n <= answers; n++) yield said('FollowUpSent', 20_000 + 7 * n);
    }
  }

  it('is told so with the cursor to come back with, and then misses nothing and hears nothing twice', async () => {
    jest.useFakeTimers({ doNotFake: allBut('setInterval') }); // nobody is pinged, however long this takes
    const folder = newFolder();
    const context = await ledgerAt('2026-03-02T09:00:00Z', folder);
    const server = await startServer(context);
    const key = server.developmentKey?.text ?? '';
    const [slow, quick] = await Promise.all([rawClient(server.url, key), rawClient(server.url, key)]);
    for (const client of [slow, quick]) {
      client.send({ type: 'subscribe', id: '1', payload: { query } });
      await client.until('next');
    }
    slow.socket.pause();
    const { log, counts } = await importLines(context, answeredLate(700, 10));
    await log.finish(counts);
    let told = 0;
    while (told < 14_000) told += idsIn(await quick.until('next')).length;
    slow.socket.resume();
    const heard = await slow.until('error');
    const [error] = heard.at(-1)?.payload as readonly { extensions: { code: string; cursor: string } }[];
    expect(error?.extensions.code).toBe('SUBSCRIBER_TOO_SLOW');

    slow.send({ type: 'subscribe', id: '2', payload: { query, variables: { after: error?.extensions.cursor } } });
    const rest: Message[] = [];
    const isHeartbeat = ({ payload }: Message) => (payload as Sent).data.slaEvents.__typename === 'SlaHeartbeat';
    while (!rest.some(isHeartbeat)) rest.push(...(await slow.until('next')));
    const recorded = (await all(context.store.readAll({ types: feedTypes }))).map(({ id }) => id);
    const ids = [...idsIn(heard), ...idsIn(rest)];
    expect(ids.length).toBeGreaterThanOrEqual(14_000);
    expect(ids).toEqual(recorded.slice(0, ids.length)); // what fell due after the import may still be on its way
    for (const { socket } of [slow, quick]) socket.terminate();
    await server.close();
    await context.close();
    rmSync(folder, { recursive: true });
    jest.useRealTimers();
  }, 180_000);
});
