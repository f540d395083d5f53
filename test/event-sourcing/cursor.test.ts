import { describe, expect, it } from '@jest/globals';
import { expectReached, fromCursor, toCursor } from '../../src/event-sourcing/cursor.js';

const store = { logId: 'here', lastPosition: () => Promise.resolve('7') };

const read = (cursor: string) => () => fromCursor(store, cursor, 'minPosition');

describe('a cursor', () => {
  it('is read as it was given out', () => {
    expect(fromCursor(store, toCursor(store, '7'))).toBe('7');
  });

  it('that is none is refused by the name of its argument, with what to do', () => {
    expect(read('7')).toThrow('minPosition: "7" is not a cursor of this API; take one from its answers.');
  });

  it('of another event store is refused by the name of its argument, with what to do', () => {
    expect(read('there.7')).toThrow('minPosition is from another event store; leave minPosition out.');
  });

  it('beyond the end is refused by the name of its argument, with what to do', async () => {
    await expectReached(store, '7');
    await expect(expectReached(store, '8')).rejects.toThrow(
      'after is beyond the end of the event store: perhaps an older copy was restored. Leave after out.',
    );
  });
});
