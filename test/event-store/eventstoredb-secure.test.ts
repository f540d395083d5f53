import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { copyLog, verifyCopy } from '../../src/event-sourcing/copy-log.js';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { rebuildReadModels } from '../../src/app/pledge-context.js';
import { Api, newFolder } from '../support/api.js';
import { type Cluster } from '../support/eventstoredb/cluster.js';
import { headerOf, secureCluster, smallUser } from '../support/eventstoredb/secure-cluster.js';
import { listen } from '../support/feed.js';
import { settingsOf } from '../support/application-contexts.js';
import { newStore } from '../support/stores.js';

const ways = [
  ['by its nodes', (cluster: Cluster) => cluster.urlFor(smallUser)],
  ['by its name', (cluster: Cluster) => cluster.discoverUrlFor(smallUser)],
] as const;

describe.each(ways)('Pledge on a cluster on TLS, %s and with a user of the smallest rights,', (_, urlOf) => {
  let cluster: Cluster;
  let api: Api;
  beforeEach(async () => {
    cluster = await secureCluster();
    api = await Api.start('2026-03-02T09:00:00Z', newFolder(), { EVENT_STORE_URL: urlOf(cluster) });
  });
  afterEach(async () => {
    await cluster.stop();
    rmSync(api.folder, { recursive: true, force: true });
  });

  const about = { customer: 'acme', plan: 'pro', type: 'productBug', channel: 'email', subject: 'It broke' };
  const open = (id: string) =>
    api.data<{ openTicket: { position: string } }>(
      'mutation ($input: OpenTicketInput!) { openTicket(input: $input) { ... on TicketChanged { position } } }',
      { input: { ...about, id } },
    );
  const answers = (position: string) => `{
    ticket(id: "T-1", minPosition: "${position}") { id status }
    breaches(minPosition: "${position}") { edges { node { ticket metric dueAt } } }
    ticketHistory(id: "T-1") { edges { node { type } } }
  }`;

  it('opens tickets, replies, breaches, tells the feed, keeps history, is rebuilt and copied', async () => {
    const { openTicket } = await open('T-1');
    const heard = listen(api, 'kind ticket metric', { after: openTicket.position });
    api.time.moveTo(Date.parse('2026-03-03T09:00:00.001Z'));
    expect(await heard.event()).toMatchObject({ kind: 'SLA_BREACHED', ticket: 'T-1' });
    const reply = 'mutation { recordFirstResponse(input: { id: "T-1" }) { ... on TicketChanged { position } } }';
    const { recordFirstResponse } = await api.data<{ recordFirstResponse: { position: string } }>(reply);
    expect(await heard.event()).toMatchObject({ kind: 'SLA_MET_LATE', ticket: 'T-1' });
    await heard.leave();

    const query = answers(recordFirstResponse.position);
    const before = await api.data(query);
    expect(before).toMatchObject({
      ticket: { id: 'T-1' },
      breaches: { edges: [{ node: { ticket: 'T-1' } }] },
      ticketHistory: { edges: expect.arrayContaining([{ node: { type: 'SlaBreached' } }]) },
    });

    await api.close();
    const environment = { EVENT_STORE_URL: urlOf(cluster) };
    await rebuildReadModels(settingsOf(api.folder, environment));
    api = await Api.start('2026-03-03T10:00:00Z', api.folder, environment);
    expect(await api.data(query)).toEqual(before);
    await api.close();

    const store = await EventStoreDbEventStore.open(urlOf(cluster));
    const copy = newStore();
    const options = { together: 16, signal: new AbortController().signal, progressed: () => undefined };
    const { events } = await copyLog(store, copy, options);
    expect(events).toBeGreaterThan(4);
    await verifyCopy(store, copy, events, options);
    await copy.close();
    await store.close();
  });

  it('may do no more than that: neither cut its streams off nor delete them', async () => {
    await open('T-1');
    const { rights } = cluster.node(0);
    const allowed = (stream: string) =>
      (['r', 'w', 'd', 'mr', 'mw'] as const).filter((right) => rights.allows(headerOf(smallUser), stream, right));
    expect([allowed('ticket-T-1'), allowed('~log'), allowed('$all'), allowed('$settings')]).toEqual([
      ['r', 'w'],
      ['r', 'w'],
      ['r'],
      [],
    ]);
    await api.close();
  });
});
