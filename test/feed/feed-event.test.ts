import { describe, expect, it } from '@jest/globals';
import { type FeedEvent, type FeedFilter, isWanted } from '../../src/feed/domain/feed-event.js';

const terms = { plan: { code: 'gold', version: 1 } };
const outcome = {
  ...{ type: 'productBug', team: 'bronze', channel: 'email', terms, historic: false, ticket: 'T-1' },
  ...{ assignee: 'mia', priority: 'high', customer: 'acme', metric: 'firstResponse' },
};
const event = (data: object) => ({ type: 'SlaBreached', data }) as unknown as FeedEvent;

describe('a filter of the feed', () => {
  it.each<[FeedFilter, boolean]>([
    [{ ticketTypes: ['productBug', 'onBoarding'] }, true],
    [{ ticketTypes: ['onBoarding'] }, false],
    [{ teams: ['bronze'] }, true],
    [{ teams: ['silver'] }, false],
    [{ channels: ['email'] }, true],
    [{ channels: ['phone'] }, false],
    [{ ticketTypes: [], teams: [], channels: [] }, true],
    [{ assignees: ['mia'] }, true],
    [{ assignees: ['ann'] }, false],
    [{ priorities: ['HIGH'] }, true],
    [{ priorities: ['low'] }, false],
    [{ plans: ['gold'] }, true],
    [{ plans: ['pro'] }, false],
    [{ customers: ['acme'] }, true],
    [{ customers: ['globex'] }, false],
    [{ metrics: ['firstResponse'] }, true],
    [{ metrics: ['resolution'] }, false],
    [{ ticket: 'T-1' }, true],
    [{ ticket: 'T-2' }, false],
    [{ types: ['SlaBreached'] }, true],
    [{ types: ['SlaMet'] }, false],
  ])('%j wants a breach of a bug of acme: %s', (filter, expected) => {
    expect(isWanted(event(outcome), filter)).toBe(expected);
  });

  it('wants no event without a channel if it filters by channel, and none without a team if it filters by team', () => {
    const { channel: _channel, ...older } = outcome;
    expect(isWanted(event(older), { channels: ['email'] })).toBe(false);
    expect(isWanted(event({ ...outcome, team: null }), { teams: ['bronze'] })).toBe(false);
  });

  it('wants what took effect before its import began only if it says so', () => {
    const before = event({ ...outcome, historic: true });
    expect([isWanted(before, {}), isWanted(before, { includeHistoric: false })]).toEqual([false, false]);
    expect([isWanted(before, { includeHistoric: true }), isWanted(event(outcome), { includeHistoric: true })]).toEqual([
      true,
      true,
    ]);
  });
});
