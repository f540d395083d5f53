import { expect, it } from '@jest/globals';
import { Rejection } from '../../src/event-sourcing/rejection.js';
import { FieldFault } from '../../src/parsing/fields.js';

it.each([
  [new Rejection('X', 'zone "Mars" is not a zone..').message, 'zone "Mars" is not a zone.'],
  [new Rejection('X', 'It broke.').message, 'It broke.'],
  [new Rejection('X', 'and so on…').message, 'and so on…'],
  [new FieldFault('a is wrong.', 'b is wrong').message, 'a is wrong; b is wrong'],
])('a message that repeats another has one full stop at most: %s', (message, right) => {
  expect(message).toBe(right);
});
