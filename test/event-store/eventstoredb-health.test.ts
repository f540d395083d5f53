import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type StorageFault } from '../../src/event-sourcing/storage-fault.js';
import { WatchedLog } from '../../src/event-sourcing/watched-log.js';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { healthOf, statusCodeOf } from '../../src/observability/health.js';
import { event, hear } from '../contract/event-store.contract.js';
import { Api, newFolder } from '../support/api.js';
import { CertificateAuthority } from '../support/certificates.js';
import { times } from '../support/lengths.js';
import { WireServer } from '../support/eventstoredb/wire-server.js';

const appends = times({ short: 15, long: 60 });

describe('health, where changes are refused,', () => {
  let server: WireServer;
  let store: EventStoreDbEventStore;
  beforeEach(async () => {
    const certificate = new CertificateAuthority(newFolder()).issue();
    server = await WireServer.start({ certificate, users: { pledge: { password: 'p' } } });
    server.setAcl('$all', { $r: 'pledge' });
    store = await EventStoreDbEventStore.open(server.urlFor('pledge'), { retryPolicy: { quietMs: 50 } });
  });
  afterEach(async () => {
    await store.close();
    await server.stop();
  });
  const codeOf = (fault: StorageFault | undefined) =>
    statusCodeOf(
      healthOf({
        subscription: { state: 'live', lag: 0, reconnects: 0 },
        ...{ projections: [], stuckTickets: 0, isBuilt: true, faults: fault === undefined ? [] : [fault] },
      }),
    );

  it('says so after a look or two, though nobody changes anything, and after the next that they are taken', async () => {
    let looks = 0;
    const probe = (wasFailing: boolean) => {
      looks += 1;
      return store.probe(wasFailing);
    };
    const log = new WatchedLog({ store, probe });
    await log.append('ticket-1', 'noStream', [event()]);
    const codes: { readonly code: number; readonly looks: number }[] = [];
    let told: () => void = () => undefined;
    const stop = new AbortController();
    const watching = log.watch(stop.signal, (fault) => {
      codes.push({ code: codeOf(fault), looks });
      told();
    });
    const change = (can: boolean) =>
      new Promise<number>((resolve) => {
        const before = looks;
        server.setDefaultAcl({ $userStreamAcl: { $r: 'pledge', $w: can ? 'pledge' : '$admins' } });
        told = () => {
          resolve(looks - before);
        };
      });
    expect(await change(false)).toBeLessThanOrEqual(2);
    const events = server.log.readStream('ticket-1')?.length;
    expect(await change(true)).toBeLessThanOrEqual(2);
    expect(codes.map(({ code }) => code)).toEqual([503, 200]);
    expect(server.log.readStream('ticket-1')).toHaveLength(events ?? 0); // what was tried added nothing
    stop.abort();
    await watching;
  });
});

describe('health, where a subscription falls behind,', () => {
  it('is well throughout, and each event of many appends of 200 is heard once', async () => {
    const server = await WireServer.start();
    const api = await Api.start('2026-03-02T09:00:00Z', undefined, { EVENT_STORE_URL: server.url });
    const states: string[] = [];
    const store = await EventStoreDbEventStore.open(server.url, { changed: ({ state }) => states.push(state) });
    const heard = hear(store, appends * 200, { after: await store.lastPosition() });
    while (store.status.state !== 'live') await sleep(1);
    states.length = 0;
    const ids: string[] = [];
    const codes = new Set<number>();
    for (let n = 0; n < appends; n++) {
      const events = Array.from({ length: 200 }, () => event());
      ids.push(...events.map(({ id }) => id));
      const asked = fetch(`${api.url}/health`);
      await store.append(`s${n}`, 'noStream', events);
      codes.add((await asked).status);
    }
    expect((await heard).map(({ id }) => id)).toEqual(ids);
    expect([...codes]).toEqual([200]);
    expect(states).not.toContain('connecting');
    await store.close();
    await api.end();
    await server.stop();
  });
});
