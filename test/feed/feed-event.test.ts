import { describe, expect, it } from '@jest/globals';
import { type FeedEvent, type FeedFilter, isWanted } from '../../src/feed/domain/feed-event.js';

const terms = { plan: { code: 'gold', version: 1 } };
const outcome = { type: 'productBug', team: 'bronze', channel: 'email', terms, historic: false };
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
  ])('%j wants a breach of a bug by e-mail with team bronze: %s', (filter, expected) => {
    expect(isWanted(event(outcome), filter)).toBe(expected);
  });

  it('wants no event without a channel if it filters by channel, and none without a team if it filters by team', () => {
    const { channel: _channel, ...older } = outcome;
    expect(isWanted(event(older), { channels: ['email'] })).toBe(false);
    expect(isWanted(event({ ...outcome, team: null }), { teams: ['bronze'] })).toBe(false);
  });
});
