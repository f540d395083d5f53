import { expect, it } from '@jest/globals';
import { groupBy } from '../../src/event-sourcing/group-by.js';

it('items are grouped by their keys, in the order in which they come', () => {
  const groups = groupBy(['bee', 'ant', 'bear', 'asp'], (word) => word.charAt(0));
  expect([...groups]).toEqual([
    ['b', ['bee', 'bear']],
    ['a', ['ant', 'asp']],
  ]);
});
