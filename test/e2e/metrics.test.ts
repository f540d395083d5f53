import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Role, roles } from '../../src/auth/permissions.js';
import { Api } from '../support/api.js';

describe('the metrics', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
  });
  afterAll(() => api.end());

  it('say how the store, the projections and the work behind are', async () => {
    const response = await fetch(`${api.url}/metrics`, { headers: api.identified });
    const lines = (await response.text()).split('\n');
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(lines).toEqual(
      expect.arrayContaining([
        '# TYPE pledge_store_reconnects_total counter',
        'pledge_store_connected 1',
        'pledge_store_reconnects_total 0',
        expect.stringMatching(/^pledge_store_lag \d+$/),
        expect.stringMatching(/^pledge_projection_live\{projection="tickets"\} [01]$/),
        'pledge_stuck_tickets 0',
      ]),
    );
  });

  it('are for those who say who they are', async () => {
    expect((await fetch(`${api.url}/metrics`)).status).toBe(401);
  });

  it.each(Object.keys(roles) as Role[])(
    'and all of the health are for who may operate: a key of the role %s, of every customer or one',
    async (role) => {
      for (const customers of [null, ['acme']]) {
        const mayOperate = role === 'admin' && customers === null;
        const headers = { authorization: `Bearer ${api.newKey(role, customers)}` };
        const metrics = await fetch(`${api.url}/metrics`, { headers });
        const said = await metrics.text();
        expect([customers, metrics.status]).toEqual([customers, mayOperate ? 200 : 403]);
        if (!mayOperate) {
          const { errors } = JSON.parse(said) as { errors: readonly { message: string; extensions: object }[] };
          expect(errors).toEqual([
            {
              message: '/metrics requires one of the roles admin, for all customers.',
              extensions: { code: 'FORBIDDEN', id: expect.stringMatching(/./) as unknown },
            },
          ]);
        }
        const health = await fetch(`${api.url}/health`, { headers });
        const told = (await health.json()) as object;
        expect([customers, health.status, Object.keys(told)]).toEqual([
          ...[customers, 200],
          mayOperate ? expect.arrayContaining(['status', 'projections', 'stuckTickets']) : ['status'],
        ]);
      }
    },
  );
});
