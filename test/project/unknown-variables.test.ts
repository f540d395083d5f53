import { expect, it } from '@jest/globals';
import { unknownVariables, variables } from '../../src/config/settings.js';

it('a variable that looks like a setting and is none is found; what is set for other reasons is not', () => {
  const known = Object.fromEntries(Object.values(variables).map((name) => [name, 'x']));
  const others = { PLEDGE_KEY: 'x', PLEDGE_SERVICE_HOST: 'x', PLEDGE_PORT_3000_TCP: 'x', PATH: 'x' };
  expect(unknownVariables({ ...known, ...others, PLEDGE_PROT: '1', PLEDGE_TIMEZONE: 'UTC' })).toEqual([
    'PLEDGE_PROT',
    'PLEDGE_TIMEZONE',
  ]);
});
