import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number | boolean>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
}

const compose = parse(readFileSync('docker-compose.yml', 'utf8')) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const services = Object.entries(compose.services);

/** An image of one version, by all of its numbers: `name:1.2.3-suffix`, or `name:17.6` where there are but two. */
const pinned = /^[\w./-]+:\d+\.\d+(\.\d+)?(-[\w.-]+)?$/;

/** What a store of a version takes of each setting; with any other, or another value, it does not start. */
function settingsOfStore(version: number): Readonly<Record<string, (value: string) => boolean>> {
  const flag = (value: string) => /^(true|false)$/i.test(value);
  const whole = (from: number, to: number) => (value: string) =>
    /^\d+$/.test(value) && Number(value) >= from && Number(value) <= to;
  // Before 25.1 an append is no larger than a record of the log, of which 10,000 bytes are kept for its head.
  const largestAppend = version < 25.01 ? 16 * 1024 * 1024 - 10_000 : 64 * 1024 * 1024;
  return {
    EVENTSTORE_CLUSTER_SIZE: whole(1, 9),
    EVENTSTORE_RUN_PROJECTIONS: (value) => /^(None|System|All)$/i.test(value),
    EVENTSTORE_NODE_PORT: whole(1, 65_535),
    EVENTSTORE_MAX_APPEND_SIZE: whole(1, largestAppend),
    EVENTSTORE_INSECURE: flag,
  };
}

describe('docker-compose.yml', () => {
  it('has Pledge and a single-node EventStoreDB, and nothing that Pledge does not use', () => {
    expect(services.map(([name]) => name).sort()).toEqual(['eventstoredb', 'pledge']);
    expect(compose.services['pledge']?.build).toBe('.');
    expect(compose.services['eventstoredb']).toMatchObject({
      image: expect.stringMatching(/^eventstore\/eventstore:/),
      environment: { EVENTSTORE_CLUSTER_SIZE: 1 },
    });
  });

  it.each(services)('%s is of a pinned image', (_, { image = '' }) => {
    expect(image).toMatch(pinned);
  });

  it.each(services)('%s is reached from this machine alone', (_, { ports = [] }) => {
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))).toEqual([]);
  });

  it.each(services)('%s keeps its data in volumes that are declared', (_, { volumes = [] }) => {
    expect(volumes.length).toBeGreaterThan(0);
    const names = volumes.map((volume) => volume.split(':')[0] ?? '');
    expect(names.filter((name) => !(name in compose.volumes))).toEqual([]);
  });

  it('declares only volumes that are used', () => {
    const used = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0]));
    expect(Object.keys(compose.volumes).sort()).toEqual([...new Set(used)].sort());
  });

  it.each(services)('%s says whether it is well, and comes back', (_, { healthcheck, restart }) => {
    expect(healthcheck?.test.length).toBeGreaterThan(1);
    expect(healthcheck?.test[0]).toMatch(/^CMD(-SHELL)?$/);
    expect(restart).toBe('unless-stopped');
  });

  it('has Pledge find the store by its name and port', () => {
    const { pledge, eventstoredb } = compose.services;
    const port = eventstoredb?.environment?.['EVENTSTORE_NODE_PORT'];
    expect(pledge?.environment?.['EVENT_STORE_URL']).toBe(`esdb://eventstoredb:${port ?? '?'}?tls=false`);
  });

  it('sets of the store what its version knows, to values that it starts with', () => {
    const { image = '', environment = {} } = compose.services['eventstoredb'] ?? {};
    const [, year, month] = /:(\d+)\.(\d+)\./.exec(image) ?? [];
    const version = Number(year) + Number(month) / 100;
    expect(version).toBeGreaterThanOrEqual(23.1); // 23.10
    const takes = settingsOfStore(version);
    const refused = Object.entries(environment).filter(([name, value]) => takes[name]?.(String(value)) !== true);
    expect(refused).toEqual([]);
    expect(Number(environment['EVENTSTORE_MAX_APPEND_SIZE'])).toBeGreaterThan(1024 * 1024);
  });

  it.each([
    ['EVENTSTORE_MAX_APPEND_SIZE', '16777216'],
    ['EVENTSTORE_RUN_PROJECTIONS', 'none at all'],
    ['EVENTSTORE_HTTP_PORT', '2113'], // of old: a server does not start with what it does not know
  ])('would not have its store start with %s=%s', (name, value) => {
    expect(settingsOfStore(24.1)[name]?.(value)).not.toBe(true);
  });

  it('says how the first key is made, and has GraphiQL take it', () => {
    expect(readFileSync('docker-compose.yml', 'utf8')).toContain(
      'docker compose exec pledge pledge keys create me --role admin',
    );
    expect(compose.services['pledge']?.environment).toMatchObject({ PLEDGE_IDENTITY: 'keys', PLEDGE_EXPLORE: 'yes' });
  });

  it('gives Pledge no more rights than it needs', () => {
    expect(compose.services['pledge']).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  });
});

/** The instructions of a Dockerfile, with lines that go on joined, by stage. */
function stagesOf(dockerfile: string): readonly (readonly string[])[] {
  const lines = dockerfile
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: string[][] = [];
  for (const line of lines) {
    if (line.startsWith('FROM ')) stages.push([]);
    stages.at(-1)?.push(line);
  }
  return stages;
}

describe('the Dockerfile', () => {
  const stages = stagesOf(readFileSync('Dockerfile', 'utf8'));
  const last = stages.at(-1) ?? [];
  const find = (instruction: string) => last.filter((line) => line.startsWith(`${instruction} `));

  it('builds in one stage and runs in another, both on the same pinned image of Node', () => {
    expect(stages).toHaveLength(2);
    const images = stages.map(([from = '']) => from.split(' ')[1] ?? '');
    expect(new Set(images).size).toBe(1);
    expect(images[0]).toMatch(/^node:2[24]\.\d+\.\d+-\w+-slim$/);
    expect(images[0]).toMatch(pinned);
  });

  it('installs what the lockfile says, and takes along no tool for development', () => {
    const [build = []] = stages;
    expect(build.join('\n')).toContain('npm ci ');
    expect(build.at(-1)).toContain('npm prune --omit=dev');
    expect(last.join('\n')).not.toMatch(/apt-get|npm /);
  });

  it('runs as a user without rights, who owns the data', () => {
    expect(find('USER')).toEqual(['USER node']);
    const [start = ''] = find('CMD').slice(-1);
    expect(last.filter((line) => line === 'USER node' || line === start)).toEqual(['USER node', start]);
    expect(find('VOLUME')).toEqual(['VOLUME /data']);
    expect(find('ENV').join(' ')).toContain('PLEDGE_DATA=/data');
  });

  it('says whether it is well', () => {
    expect(find('HEALTHCHECK')[0]).toContain('/health');
  });

  it('starts what npm start does', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly scripts: { start: string } };
    const words = JSON.parse((find('CMD')[0] ?? '').slice('CMD '.length)) as readonly string[];
    expect(scripts.start).toBe(`NODE_ENV=production exec ${words.join(' ')}`);
    expect(find('ENV').join(' ')).toContain('NODE_ENV=production');
  });

  it('copies what is there, and nothing that is ignored', () => {
    const taken = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = stages
      .flat()
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(copied.filter((file) => !taken.includes(file))).toEqual([]);
    expect(taken.filter((file) => !existsSync(file) || !copied.includes(file))).toEqual([]);
  });
});
