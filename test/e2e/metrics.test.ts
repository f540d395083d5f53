import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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
});
