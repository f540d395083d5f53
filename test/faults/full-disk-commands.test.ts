import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ticketIdOf } from '../../src/tickets/domain/ticket-id.js';
import { newFolder } from '../support/api.js';
import { type FullDisk, fullDisks } from '../support/disks.js';
import { runHere } from '../support/command-line.js';
import { type Ended, program } from '../support/pledge.js';

const opened = (ticket: string) =>
  JSON.stringify({
    ...{ event: 'TicketOpened', ticket, occurredAt: '2026-02-26T10:00:00Z', actor: { id: 'mia' } },
    ...{ customer: 'acme', type: 'productBug', channel: 'email', subject: 'It broke '.repeat(20) },
  });
const tickets = (name: string, count: number) => Array.from({ length: count }, (_, i) => opened(`${name}-${i}`));

/** What a command says that fails: one line, a code first. */
const inOneLine = /^pledge: (STORE|DATA|REJECTS)_NOT_WRITABLE: [^\n]{10,}\n$/;

const commands: readonly (readonly string[])[] = [
  ['keys', 'create', 'second', '--role', 'agent'],
  ['import', 'more.ndjson', '--rejects', 'rejects.ndjson'],
  ['plans', 'apply', 'plans.yaml', '--yes'],
  ['rebuild'],
  ['copy', '--from', 'disk/data', '--to', 'disk/copy'],
];

/** One way is enough here; a server under each is in its own test. */
const disks = fullDisks().slice(0, 1);

describe.each(disks.map((disk) => [disk.name, disk] as const))('a command, when %s,', (_, disk: FullDisk) => {
  const folder = newFolder();
  const [place, log] = [join(folder, 'disk'), join(folder, 'log.ndjson')];

  /** Does what a command does, in a process that its disk may be full for. */
  function run(args: readonly string[], before: readonly string[] = []): Promise<Ended> {
    const [command = '', ...rest] = [...before, process.execPath, program, ...args];
    const env = { ...process.env, PLEDGE_DATA: join(place, 'data') };
    const child = spawn(command, rest, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
    return new Promise((resolve) =>
      child.once('close', (code) => {
        resolve({ code, ...said });
      }),
    );
  }
  /** Does it in this process, when there is room. */
  const done = async (args: readonly string[]) => {
    const { code, stdout, stderr } = await runHere(args, { PLEDGE_DATA: join(place, 'data') });
    expect([args, code, stderr]).toEqual([args, 0, expect.any(String)]);
    return stdout;
  };

  beforeAll(async () => {
    mkdirSync(place);
    disk.mount(place);
    writeFileSync(log, tickets('A', 3).join('\n'));
    writeFileSync(join(folder, 'more.ndjson'), tickets('B', 40).join('\n'));
    writeFileSync(
      join(folder, 'plans.yaml'),
      'customers:\n' + Array.from({ length: 200 }, (_, i) => `  - { id: c${i}, plan: pro }\n`).join(''),
    );
    await done(['import', log]);
    await done(['keys', 'create', 'first', '--role', 'agent']);
    disk.fill(place);
  });
  afterAll(() => {
    disk.unmount(place);
  });

  it.each(commands.map((args) => [args.slice(0, 2).join(' '), args] as const))(
    'fails by a code, in one plain line: %s',
    async (_, args) => {
      const { code, stderr } = await run(args, disk.before);
      expect([code, stderr]).toEqual([1, expect.stringMatching(inOneLine)]);
    },
  );

  it('has kept what was acknowledged, and is done when there is room', async () => {
    disk.free(place);
    expect(await done(['keys', 'list'])).toMatch(/first(?![^]*second)/);
    expect(await done(['import', log])).toContain('0 facts recorded (0 events in all), 3 already recorded');
    expect(await done(['import', join(folder, 'more.ndjson')])).toContain(' 0 rejected');
    await done(['rebuild']);
    expect(await done(['history', ticketIdOf({ source: 'pledge', externalId: 'B-39' })])).toContain('TicketOpened');
  });
});
