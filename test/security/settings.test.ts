import { describe, expect, it } from '@jest/globals';
import { readSettings } from '../../src/config/settings.js';
import { isLoopback } from '../../src/config/address.js';
import { requestLimitsOf } from '../../src/api/request-limits.js';
import { Api, newFolder } from '../support/api.js';
import { ManualClock } from '../support/manual-clock.js';

describe('a server', () => {
  it.each(['0.0.0.0', '::', '192.0.2.1', 'pledge.example'])(
    'does not start where others can reach it and nothing says whom to believe: %s',
    async (host) => {
      await expect(Api.start('2026-03-02T09:00:00Z', newFolder(), { PLEDGE_HOST: host })).rejects.toMatchObject({
        code: 'IDENTITY_NOT_SET',
        message: expect.stringContaining('PLEDGE_JWT_ISSUER') as unknown,
      });
    },
  );

  it.each([
    ['127.0.0.1', true],
    ['127.8.9.10', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['::ffff:10.0.0.1', false],
    ['localhost.evil.example', false],
  ])('on %s is on loopback: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });

  it('is explored on loopback alone, unless it is told otherwise', () => {
    const isExplorable = (environment: NodeJS.ProcessEnv) =>
      requestLimitsOf(readSettings(environment), new ManualClock(0)).isExplorable;
    expect(isExplorable({})).toBe(true);
    expect(isExplorable({ PLEDGE_HOST: '0.0.0.0' })).toBe(false);
    expect(isExplorable({ PLEDGE_HOST: '0.0.0.0', PLEDGE_EXPLORE: 'yes' })).toBe(true);
    expect(isExplorable({ PLEDGE_EXPLORE: 'no' })).toBe(false);
  });

  it.each([
    ['PLEDGE_EXPLORE', 'maybe', 'must be yes or no or on-loopback'],
    ['PLEDGE_ORIGINS', '*', 'must be origins with commas between, for example https://desk.example'],
    ['PLEDGE_ORIGINS', 'https://a.example,nonsense', 'must be origins with commas between'],
    ['PLEDGE_PROXIES', '10.0.0.0/99', 'must be addresses or ranges with commas between, for example 10.0.0.0/8'],
    ['PLEDGE_PROXIES', 'everybody', 'must be addresses or ranges with commas between'],
    ['PLEDGE_RATE', '0', 'must be a whole number of at least 1'],
    ['PLEDGE_ADDRESS_RATE', 'none', 'must be a whole number of at least 1'],
    ['PLEDGE_HEARTBEAT_SECONDS', '1.5', 'must be a whole number from 1 to 3600'],
  ])('does not start with %s=%s', (variable, value, must) => {
    expect(() => readSettings({ [variable]: value })).toThrow(`${variable}=${value}: ${must}`);
  });
});
