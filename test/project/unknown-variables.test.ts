import { expect, it } from '@jest/globals';
import { unknownVariables, variables } from '../../src/config/settings.js';
import { newFolder } from '../support/api.js';
import { runHere } from '../support/command-line.js';

it('a variable that looks like a setting and is none is found; what is set for other reasons is not', () => {
  const known = Object.fromEntries(Object.values(variables).map((name) => [name, 'x']));
  const others = { PLEDGE_KEY: 'x', PLEDGE_SERVICE_HOST: 'x', PLEDGE_PORT_3000_TCP: 'x', PATH: 'x' };
  expect(unknownVariables({ ...known, ...others, PLEDGE_PROT: '1', PLEDGE_TIMEZONE: 'UTC' })).toEqual([
    'PLEDGE_PROT',
    'PLEDGE_TIMEZONE',
  ]);
});

it('a command tells of it, and goes on', async () => {
  const { code, stderr } = await runHere(['keys', 'list'], { PLEDGE_DATA: newFolder(), PLEDGE_PROT: '1' });
  expect(stderr.split('\n')).toEqual([
    'pledge: UNKNOWN_SETTING: PLEDGE_PROT is not a setting and has no effect; docs/settings.md lists all settings.',
    expect.stringContaining('pledge: DATA_NOT_FOUND: '),
    '',
  ]);
  expect(code).toBe(1);
});
