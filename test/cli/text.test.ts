import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Command } from 'commander';
import { parse } from 'yaml';
import { KeyStore } from '../../src/auth/key-store.js';
import { programFor } from '../../src/cli/program.js';
import { visible } from '../../src/parsing/visible.js';
import { newFolder } from '../support/api.js';
import { ledgerAt } from '../support/application-contexts.js';
import { type Said, runHere } from '../support/command-line.js';
import { hostile, hostileShown, linesThatLie } from '../support/hostile-text.js';
import { change } from '../support/webhooks.js';

/** The commands that do something, as they are called. */
const leaves = (command: Command, path: readonly string[] = []): readonly string[] =>
  command.commands.length === 0
    ? [path.join(' ')]
    : command.commands.flatMap((child) => leaves(child, [...path, child.name()]));

const line = (ticket: string, event: string, more: object) =>
  JSON.stringify({ event, ticket, occurredAt: '2026-02-26T10:00:00Z', actor: { id: 'mia' }, ...more });

describe('text from outside', () => {
  const folder = newFolder();
  const data = join(folder, 'data');
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const ask = (...args: readonly string[]) => runHere(args, { PLEDGE_DATA: data, PLEDGE_KEY: 'key' });
  let server: Server;
  let url: string;
  let answer: object;

  beforeAll(async () => {
    server = createServer((_, response) => response.end(JSON.stringify(answer)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const about = { type: 'productBug', channel: 'email' };
    const log = file(
      'log.ndjson',
      [
        line('T-1', 'TicketOpened', { customer: 'acme', subject: hostile, ...about }),
        line('T-1', 'InternalNoteAdded', { text: hostile }),
        line('T-1', hostile, {}),
      ].join('\n'),
    );
    const { code, stdout } = await ask('import', log, '--rejects', join(folder, 'bad.ndjson'));
    expect([code, stdout]).toEqual([0, expect.stringContaining('2 facts recorded')]);
    const keys = KeyStore.open(data);
    keys.create({ name: hostile, role: 'agent', customers: [hostile], expiresAt: null }, 0);
    keys.close();
    const context = await ledgerAt('2026-03-02T09:00:00Z', data);
    const endpoint = { webhook: 'desk', url: 'http://127.0.0.1:9/', description: hostile, filter: {} };
    await change(context, { type: 'RegisterWebhook', endpoint });
    await context.close();
  });
  afterAll(() => {
    server.close();
  });

  const applied = () =>
    ask(
      'plans',
      'apply',
      '--yes',
      file('plans.yaml', JSON.stringify({ customers: [{ id: 'c', name: hostile, plan: 'pro' }] })),
    );
  const event = (text: string) => ({
    ...{
      revision: 0,
      type: text,
      occurredAt: text,
      actor: { id: text, kind: text },
      onBehalfOf: { id: text, kind: text },
    },
    ...{ notices: [{ code: text, message: text, about: text }], summary: text, data: { text } },
  });
  const page = (text: string) => ({
    data: { ticketHistory: { edges: [{ node: event(text) }], pageInfo: { hasNextPage: false, endCursor: null } } },
  });
  const saying = (said: object, ...args: readonly string[]) => {
    answer = said;
    return ask('history', 'T-1', '--server', url, ...args);
  };

  /** Every command, and how to have it print what is from outside. */
  const commands: Readonly<Record<string, readonly (() => Promise<Said>)[]>> = {
    serve: [() => runHere(['serve'], { PLEDGE_DATA: data, PLEDGE_TIME_ZONE: hostile })],
    import: [
      () =>
        ask(
          'import',
          file(`${hostile}.ndjson`, line('T-2', hostile, {})),
          '--source',
          hostile,
          '--rejects',
          join(folder, hostile),
        ),
      () => ask('import', join(folder, `none ${hostile}`)),
      () => ask('import', file('m.csv', 'a'), '--mapping', file('mapping.yaml', JSON.stringify({ [hostile]: 1 }))),
    ],
    sample: [() => ask('sample', '--time-zone', hostile)],
    'plans apply': [
      applied,
      () => ask('plans', 'apply', file('wrong.yaml', JSON.stringify({ plans: [{ code: 'x', [hostile]: 1 }] }))),
    ],
    'plans export': [
      () => applied().then(() => ask('plans', 'export')),
      () => applied().then(() => ask('plans', 'export', '--json')),
    ],
    'keys create': [() => ask('keys', 'create', hostile, '--role', 'agent')],
    'keys list': [() => ask('keys', 'list'), () => ask('keys', 'list', '--json')],
    'keys revoke': [() => ask('keys', 'revoke', hostile)],
    webhooks: [() => ask('webhooks'), () => ask('webhooks', '--json')],
    compare: [
      () =>
        ask(
          'compare',
          '--verdicts',
          file('v.csv', `id,met\nT-1,true\n"${hostile.replaceAll('\n', ' ')}",true\n`),
          '--column',
          'met',
        ),
      () => ask('compare', '--verdicts', file('v.csv', 'id,met\n'), '--column', hostile),
    ],
    history: [
      () => ask('history', 'T-1'),
      () => ask('history', 'T-1', '--json'),
      () => ask('history', hostile),
      () => saying(page(hostile)),
      () => saying(page(hostile), '--json'),
      () => saying({ errors: [{ message: hostile, extensions: { code: hostile } }] }),
      () => ask('history', 'T-1', '--server', url, '--key-file', join(folder, `none ${hostile}`)),
    ],
    due: [
      () => ask('due', '--from', '2026-03-02T09:00:00Z', '--plan', hostile),
      () => ask('due', '--cases', file('cases.ndjson', JSON.stringify({ id: hostile, kind: hostile }))),
    ],
    holidays: [() => ask('holidays', hostile), () => ask('holidays', 'DE', hostile)],
    rebuild: [() => runHere(['rebuild'], { PLEDGE_DATA: join(folder, hostile, 'none') })],
    copy: [() => ask('copy', '--from', join(folder, hostile), '--to', join(folder, 'copied'))],
  };

  it('has a case here for every command there is', async () => {
    expect(Object.keys(commands).sort()).toEqual([...leaves(await programFor([]))].sort());
  });

  it.each(Object.entries(commands).flatMap(([name, cases]) => cases.map((say, i) => [name, i + 1, say] as const)))(
    'gives the terminal no command and no line of its own through %s (%i)',
    async (_, __, say) => {
      const { stdout, stderr } = await say();
      expect(linesThatLie(stdout + stderr)).toEqual([]);
      expect(stdout + stderr).toContain(']0;PWNED\\');
    },
  );

  it.each([
    ['an argument', ['history', `--${hostile}`]],
    ['a command', [hostile]],
    ['a choice', ['keys', 'create', 'x', '--role', hostile]],
  ])('is shown so where it is wrong usage: %s', async (_, args) => {
    const { code, stdout, stderr } = await ask(...args);
    expect([code, stdout, linesThatLie(stderr)]).toEqual([2, '', []]);
    expect(stderr).toContain('\\u001b[2J');
  });

  it('is in what machines read as it was: YAML, JSON, lines of JSON, rejected rows', async () => {
    await applied();
    const named = expect.arrayContaining([expect.objectContaining({ id: 'c', name: hostile })]) as unknown;
    expect(parse((await ask('plans', 'export')).stdout)).toMatchObject({ customers: named });
    expect(JSON.parse((await ask('plans', 'export', '--json')).stdout)).toMatchObject({ customers: named });
    const [first = ''] = (await ask('history', 'T-1', '--json')).stdout.split('\n');
    expect(JSON.parse(first)).toMatchObject({ data: { subject: hostile } });
    expect(JSON.parse((await saying(page(hostile), '--json')).stdout)).toEqual(event(hostile));
    const rejected = readFileSync(join(folder, 'bad.ndjson'), 'utf8');
    expect(linesThatLie(rejected)).toEqual([]);
    expect(JSON.parse(rejected)).toMatchObject({ code: 'INVALID_FIELD', line: 3 });
  });

  it('goes into a file of plans and out of it again, letters of every script and signs of every kind', async () => {
    mkdirSync(join(folder, 'other'));
    const names = [
      hostile,
      'Ünïcödé 日本語 עברית 👩\u200d💻',
      '- # : & * ! | > %',
      'it\'s "so"',
      ' blank ',
      'null',
      '2026-01-01',
    ];
    const customers = names.map((name, i) => ({ id: `c${i}`, name, plan: 'pro' }));
    const here = { PLEDGE_DATA: join(folder, 'other', 'data') };
    await runHere(['plans', 'apply', '--yes', file('names.yaml', JSON.stringify({ customers }))], here);
    const exported = file('exported.yaml', (await runHere(['plans', 'export'], here)).stdout);
    expect(parse(readFileSync(exported, 'utf8'))).toMatchObject({ customers });
    expect((await runHere(['plans', 'apply', '--yes', exported], here)).stdout).toContain('Nothing to change');
  });

  it('is shown as it is where it can be seen', () => {
    expect(visible(hostile)).toBe(hostileShown);
    const seen = 'Ünïcödé, 日本語, עברית, ❤️, «it’s» – C:\\new "x"';
    expect(visible(seen)).toBe(seen);
    expect(JSON.parse(visible(JSON.stringify({ [hostile]: hostile })))).toEqual({ [hostile]: hostile });
  });
});
