import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { newFolder } from '../support/api.js';
import { pledgeHere } from '../support/command-line.js';
import { fullDisks } from '../support/disks.js';
import { startPledge } from '../support/pledge.js';

const disks = fullDisks();

describe('a disk on which nothing can be written for a while', () => {
  it('can be made on this machine, or nothing here is tested', () => {
    expect(process.platform !== 'linux' || disks.length > 0).toBe(true);
  });

  it.each(disks.map((disk) => [disk.name, disk] as const))(
    'refuses writes by a code, says so, and goes on by itself: %s',
    async (_, disk) => {
      const folder = newFolder();
      const data = join(folder, 'data');
      mkdirSync(data);
      disk.mount(data);
      const server = startPledge(folder, ['serve']);
      try {
        await server.serves();
        const url = /http:\S+(?=\/graphql)/.exec(server.printed())?.[0] ?? '';
        const authorization = `Bearer ${readFileSync(join(data, 'development.key'), 'utf8').trim()}`;
        const headers = { 'content-type': 'application/json', authorization };
        const ask = async (query: string) =>
          (await (
            await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })
          ).json()) as {
            readonly data: Record<string, unknown>;
          };
        const open = async (id: string) =>
          (
            await ask(`mutation { openTicket(input: { id: "${id}", customer: "acme", plan: "pro", type: "productBug",
              channel: "email", subject: "It broke" }) { __typename ... on TicketChanged { position } ... on Rejection { code } } }`)
          ).data['openTicket'] as Record<string, string>;
        const health = async () => {
          const response = await fetch(`${url}/health`, { headers });
          return {
            code: response.status,
            ...((await response.json()) as { readonly status: string; readonly faults: object[] }),
          };
        };
        const { position: first } = await open('T-1');
        const shown = await ask(`{ tickets(first: 1, minPosition: "${first ?? ''}") { edges { node { id } } } }`);
        expect(shown.data).toEqual({ tickets: { edges: [{ node: { id: 'T-1' } }] } });

        disk.fill(data, server.pid);
        const refused = await open('T-2');
        expect(refused).toEqual({ __typename: 'Rejection', code: 'STORE_NOT_WRITABLE' });
        expect(await health()).toMatchObject({
          ...{ code: 503, status: 'notWritable' },
          faults: expect.arrayContaining([expect.objectContaining({ code: 'STORE_NOT_WRITABLE' })]),
        });
        expect((await ask('{ ticket(id: "T-1") { id } }')).data).toEqual({ ticket: { id: 'T-1' } });

        disk.free(data, server.pid);
        while ((await health()).code !== 200) await sleep(50);
        const { position } = await open('T-3');
        expect(
          (await ask(`{ tickets(first: 9, minPosition: "${position ?? ''}") { edges { node { id } } } }`)).data,
        ).toEqual({
          tickets: { edges: expect.arrayContaining([{ node: { id: 'T-1' } }, { node: { id: 'T-3' } }]) },
        });
      } finally {
        server.kill('SIGKILL');
        await server.ended;
      }
      const { code, stderr } = await pledgeHere(folder, ['history', 'T-1']);
      expect([code, stderr]).toEqual([0, '']);
      disk.unmount(data);
    },
  );
});
