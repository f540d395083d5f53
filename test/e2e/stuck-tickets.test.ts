import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openLeases, stuckOf } from '../../src/deadlines/leases.js';
import { filesOf } from '../../src/event-store/sqlite/data-folder.js';
import { Api } from '../support/api.js';

describe('a ticket that some work is stuck on', () => {
  let api: Api;
  beforeEach(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
  });
  afterEach(() => api.end());

  const health = async () =>
    (await (await fetch(`${api.url}/health`, { headers: api.identified })).json()) as Record<string, unknown>;

  it('is shown with its error and when it is tried next, and counted in /health, which is well all the same', async () => {
    expect(await health()).toMatchObject({ status: 'ok', stuckTickets: 0 });
    const [since, retryAt] = [Date.parse('2026-03-02T08:00:00Z'), Date.parse('2026-03-02T10:00:00Z')];
    const leases = await openLeases(filesOf(api.folder).leasesFile);
    await stuckOf(leases, 'deadlines').put({
      ticket: 'T-1',
      error: 'poison',
      tries: 12,
      since,
      lastAt: since,
      retryAt,
    });
    await leases.destroy();
    const { stuckTickets } = await api.data('{ stuckTickets { ticket work error tries since retryAt } }');
    const shown = { ticket: 'T-1', work: 'DEADLINES', error: 'poison', tries: 12 };
    expect(stuckTickets).toEqual([
      { ...shown, since: '2026-03-02T08:00:00.000Z', retryAt: '2026-03-02T10:00:00.000Z' },
    ]);
    expect(await health()).toMatchObject({ status: 'ok', stuckTickets: 1 });
  });
});
