import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { clone } from '../support/clone.js';
import { type Run, startPledge } from '../support/pledge.js';
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
    server = startPledge(folder, ['serve'], '', { PLEDGE_PORT: String(port) });
    for (;;) {
      const health = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
      if (health?.status === 200) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  async function kill(): Promise<void> {
    server.kill('SIGKILL');
    await server.ended;
  }
  /** Opens a ticket whose first response is late already. */
  async function breach(id: string): Promise<void> {
    const about = 'customer: "acme", plan: "pro", type: PRODUCT_BUG, channel: EMAIL, subject: "It broke"';
    const occurredAt = new Date(Date.now() - 10 * 86_400_000).toISOString();
    const query = `mutation { openTicket(input: { id: "${id}", ${about}, occurredAt: "${occurredAt}" }) { __typename } }`;
    const key = readFileSync(join(folder, 'data/development.key'), 'utf8').trim();
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query }),
    });
    expect(await response.json()).toEqual({ data: { openTicket: { __typename: 'TicketChanged' } } });
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
