import { readFileSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { clone } from '../support/clone.js';
import { askPledge, lateOpening, type Run, servePledge } from '../support/pledge.js';
import { freePort, stepsIn, Terminal } from '../support/tour.js';

/** The commands that the example's page shows: one that builds it, and one that goes on. */
const [build = '', listen = ''] = stepsIn(readFileSync('examples/agent-feed/README.md', 'utf8')).map(
  ({ command = '' }) => command,
);

describe('the example of a client of the feed', () => {
  let folder: string;
  let port: number;
  let server: Run;
  let terminal: Terminal;
  beforeEach(async () => {
    [folder, port] = [clone(), await freePort()];
    terminal = new Terminal(folder, { PLEDGE_PORT: String(port) });
    await serve();
  });
  afterEach(async () => {
    await terminal.end();
    await kill();
    rmSync(folder, { recursive: true, force: true });
  });

  async function serve(): Promise<void> {
    server = await servePledge(folder, port);
  }
  async function kill(): Promise<void> {
    server.kill('SIGKILL');
    await server.ended;
  }
  async function breach(id: string): Promise<void> {
    const answer = await askPledge(folder, port, `mutation { ${lateOpening(id)} }`);
    expect(answer).toEqual({ data: { openTicket: { __typename: 'TicketChanged' } } });
  }

  it('prints each breach once and in order, whichever end is cut', async () => {
    expect(await terminal.run(build)).toEqual([]);
    let agent = terminal.start(listen);
    const line = async () => (await agent.until('\n')).replace(/^\S+ /, '').trim();
    await agent.until('Listening.\n');
    await breach('A-1');
    expect(await line()).toBe('SLA_BREACHED FIRST_RESPONSE A-1');

    await breach('A-2'); // printed before or after, but once
    await kill();
    await serve();
    await breach('A-3');
    const lines = [await line(), await line(), await line()];
    expect(lines.filter((text) => text !== 'Listening.')).toEqual([
      'SLA_BREACHED FIRST_RESPONSE A-2',
      'SLA_BREACHED FIRST_RESPONSE A-3',
    ]);

    await agent.stop();
    await breach('A-4');
    agent = terminal.start(listen);
    await agent.until('Listening.\n');
    await breach('A-5');
    expect([await line(), await line()]).toEqual([
      'SLA_BREACHED FIRST_RESPONSE A-4',
      'SLA_BREACHED FIRST_RESPONSE A-5',
    ]);
  }, 120_000);
});
