import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newFolder } from '../support/api.js';
import { askPledge, lateOpening, type Run, servePledge } from '../support/pledge.js';
import { isSigned, receiver, type Receiver } from '../support/receiver.js';
import { freePort } from '../support/tour.js';

describe('a server that is killed while it delivers', () => {
  let folder: string;
  let port: number;
  let server: Run;
  let there: Receiver;
  beforeEach(async () => {
    [folder, port, there] = [newFolder(), await freePort(), await receiver()];
    await serve();
  });
  afterEach(async () => {
    await kill();
    await there.close();
    rmSync(folder, { recursive: true });
  });

  async function serve(): Promise<void> {
    server = await servePledge(folder, port, { PLEDGE_WEBHOOK_PRIVATE_TARGETS: 'yes' });
  }
  async function kill(): Promise<void> {
    server.kill('SIGKILL');
    await server.ended;
  }
  async function mutate(mutation: string): Promise<Record<string, { secret?: string }>> {
    const answer = await askPledge(folder, port, `mutation { ${mutation} }`);
    const { data, errors } = answer as { data: Record<string, { secret?: string }>; errors?: object };
    expect(errors).toBeUndefined();
    return data;
  }
  const breach = (id: string) => mutate(lateOpening(id));

  it('delivers after its restart what had not arrived, and what came meanwhile after it', async () => {
    const input = `{ id: "desk", url: "${there.url}" }`;
    const { registerWebhook } = await mutate(`registerWebhook(input: ${input}) { ... on WebhookSaved { secret } }`);
    there.answer(() => () => undefined); // taken, and never answered
    await breach('T-1');
    await mutate('recordFirstResponse(input: { id: "T-1" }) { __typename }');
    await there.came(1);
    await kill();
    there.answer(() => 200);
    await serve();
    await breach('T-2');
    await there.came(4);
    const said = there.said();
    expect(said[0]).toBe('T-1 sla.breached');
    expect(said.filter((text) => text.startsWith('T-1')).slice(1)).toEqual(['T-1 sla.breached', 'T-1 sla.met_late']);
    expect(said.filter((text) => text.startsWith('T-2'))).toEqual(['T-2 sla.breached']);
    const ids = there.received.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(3);
    for (const message of there.received) expect(isSigned(message, registerWebhook?.secret ?? '')).toBe(true);
  }, 60_000);
});
