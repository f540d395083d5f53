import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import { type NewEvent, type StoredEvent } from '../../src/event-sourcing/event-store.js';
import { newestVersion, type Upcasters, upcasting } from '../../src/event-sourcing/upcast.js';
import { upcast, upcasters } from '../../src/event-schema/upcasters.js';
import { all, event } from '../contract/event-store.contract.js';
import { newFolder } from '../support/api.js';
import { ledgerAt } from '../support/application-contexts.js';
import { eachStore } from '../support/stores.js';
import { liveWholeLife } from '../support/whole-life.js';

/** An event as some release recorded it, and its stream. */
interface Released extends NewEvent {
  readonly stream: string;
}

const released = 'test/event-schema/released';
const types = Object.keys(upcasters);
const newest = (type: string) => newestVersion(upcasters, type) ?? 0;
const versions = types.flatMap((type) => Array.from({ length: newest(type) }, (_, i) => ({ type, version: i + 1 })));
const fileOf = (type: string, version: number) => join(released, `${type}.v${version}.json`);
const parse = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
const schemas = new Map<string, ValidateFunction>();
function faultsOf(said: NewEvent, version: number): readonly string[] {
  const name = `${said.type}.v${version}.schema.json`;
  const isSound = schemas.get(name) ?? ajv.compile(parse(join('docs/events', name)) as object);
  schemas.set(name, isSound);
  if (isSound(said)) return [];
  return (isSound.errors ?? []).map(({ instancePath, message }) => `${name}: ${instancePath} ${message ?? ''}`);
}

/** What a writer wrote, without what the store adds. */
const written = ({ id, type, data, metadata }: StoredEvent): NewEvent => ({ id, type, data, metadata });

describe('every released version of every event', () => {
  it('has an example and a schema, and there are no others', () => {
    const names = versions.map(({ type, version }) => `${type}.v${version}`).sort();
    expect(
      readdirSync(released)
        .map((file) => basename(file, '.json'))
        .sort(),
    ).toEqual(names);
    const pages = readdirSync('docs/events').filter((file) => file.endsWith('.schema.json'));
    expect(pages.map((file) => basename(file, '.schema.json')).sort()).toEqual(names);
  });

  it.each(versions)('$type, version $version, is what its schema says', ({ type, version }) => {
    const { stream: _stream, ...said } = parse(fileOf(type, version)) as Released;
    expect(said).toMatchObject({ type, metadata: { schemaVersion: version } });
    expect(faultsOf(said, version)).toEqual([]);
  });

  it.each(eachStore)('is read as the newest says, $where', async ({ open }) => {
    const { store, close } = await open(upcast);
    for (const [i, { type, version }] of versions.entries()) {
      const { stream: _stream, ...said } = parse(fileOf(type, version)) as Released;
      await store.append(`released-${i}`, 'noStream', [said]);
    }
    const read = await all(store.readAll());
    await close();
    expect(read.map(({ type, metadata }) => [type, metadata.schemaVersion])).toEqual(
      versions.map(({ type }) => [type, newest(type)]),
    );
    expect(read.flatMap((event) => faultsOf(written(event), newest(event.type)))).toEqual([]);
  });
});

describe('an ordinary life', () => {
  let recorded: readonly StoredEvent[];
  beforeAll(async () => {
    const context = await ledgerAt('2026-03-02T09:00:00Z', newFolder());
    await liveWholeLife(context);
    recorded = await all(context.store.readAll());
    await context.close();
  });

  it('has events of every type', () => {
    expect([...new Set(recorded.map(({ type }) => type))].sort()).toEqual([...types].sort());
  });

  it('records what the schemas of the newest versions say', () => {
    expect(recorded.length).toBeGreaterThan(500);
    expect(recorded.flatMap((said) => faultsOf(written(said), newest(said.type)))).toEqual([]);
  });

  it('is not what the schemas say once a field is left out, added or of another kind', () => {
    const opened = recorded.find(({ type }) => type === 'TicketOpened');
    if (opened === undefined) throw new Error('no ticket was opened');
    const data = opened.data as Record<string, unknown>;
    const { subject: _subject, ...without } = data;
    for (const changed of [without, { ...data, mood: 'bad' }, { ...data, users: 'mia' }]) {
      expect(faultsOf({ ...written(opened), data: changed }, 1)).not.toEqual([]);
    }
  });

  it('has its events told in the index of the schemas', () => {
    const index = readFileSync('docs/events/README.md', 'utf8');
    const untold = types.filter((type) => !index.includes(`](${type}.v${newest(type)}.schema.json)`));
    expect(untold).toEqual([]);
    const links = [...index.matchAll(/\]\(([^)]+\.json)\)/g)].map(([, name = '']) => name);
    expect(links.filter((name) => !existsSync(join('docs/events', name)))).toEqual([]);
  });
});

/** A made-up type with three versions: `name` became `names`, then `names` became objects. */
const madeUp: Upcasters = {
  Happened: [
    (said) => ({ names: [(said as { readonly name: string }).name] }),
    (said) => ({ names: (said as { readonly names: readonly string[] }).names.map((name) => ({ name })) }),
  ],
};
const old = (schemaVersion: number, data: unknown, type = 'Happened'): NewEvent => {
  const said = event(data, type);
  return { ...said, metadata: { ...said.metadata, schemaVersion } };
};

describe.each(eachStore)('events of older versions, $where,', ({ open }) => {
  const asWritten = [old(1, { name: 'a' }), old(2, { names: ['b'] }), old(3, { names: [{ name: 'c' }] })];
  const asRead = ['a', 'b', 'c'].map((name) => ({ names: [{ name }] }));
  const holding = async (events: readonly NewEvent[]) => {
    const opened = await open(upcasting(madeUp));
    await opened.store.append('s', 'noStream', events);
    return opened;
  };

  it('are read as the newest says, by whichever way', async () => {
    const { store, close } = await holding(asWritten);
    const stop = new AbortController();
    const heard: StoredEvent[] = [];
    for await (const message of store.subscribe({ signal: stop.signal })) {
      if (message.kind === 'event') heard.push(message.event);
      else stop.abort();
    }
    for (const read of [await all(store.readStream('s')), await all(store.readAll()), heard]) {
      expect(read.map(({ data }) => data)).toEqual(asRead);
      expect(read.map(({ metadata }) => metadata.schemaVersion)).toEqual([3, 3, 3]);
      expect(read.map(({ id }) => id)).toEqual(asWritten.map(({ id }) => id));
    }
    await close();
  });

  it('of a type that nobody knows are left as they are, whatever it is called', async () => {
    const { store, close } = await holding([old(7, { x: 1 }, 'Elsewhere'), old(2, { x: 1 }, 'constructor')]);
    const read = await all(store.readAll());
    expect(read.map(({ data, metadata }) => [data, metadata.schemaVersion])).toEqual([
      [{ x: 1 }, 7],
      [{ x: 1 }, 2],
    ]);
    await close();
  });

  it('are refused when they are of a newer version than any known', async () => {
    const { store, close } = await holding([old(4, { names: [] })]);
    await expect(all(store.readAll())).rejects.toMatchObject({ code: 'EVENT_FROM_NEWER_VERSION' });
    await close();
  });
});
