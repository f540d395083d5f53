import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Tokens } from '../../src/auth/tokens.js';
import { type TokenSettings, tokenSettingsOf } from '../../src/config/identity-settings.js';
import { readSettings } from '../../src/config/settings.js';
import { Issuer } from '../support/issuer.js';
import { ManualClock } from '../support/manual-clock.js';

describe('tokens of an issuer that changes its keys', () => {
  const clock = new ManualClock(Date.parse('2026-03-02T09:00:00Z'));
  let issuer: Issuer;
  let settings: TokenSettings;
  beforeEach(async () => {
    issuer = await Issuer.start();
    const found = tokenSettingsOf(readSettings(issuer.environment));
    if (found === undefined) throw new Error('the settings take no tokens');
    settings = found;
  });
  afterEach(() => issuer.stop());

  it('are believed by the new keys at once, and by those that went no more', async () => {
    const tokens = new Tokens(settings, clock, 0);
    const old = issuer.key;
    expect(await tokens.identify(await issuer.token(clock.now()))).toMatchObject({ actor: { id: 'mia' } });
    await issuer.rotate();
    expect(await tokens.identify(await issuer.token(clock.now()))).toMatchObject({ actor: { id: 'mia' } });
    const late = tokens.identify(await issuer.token(clock.now(), { sub: 'late' }, old));
    await expect(late).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('by keys that nobody knows do not have the issuer asked again and again', async () => {
    const tokens = new Tokens(settings, clock);
    await tokens.identify(await issuer.token(clock.now()));
    const { key } = issuer;
    for (let n = 0; n < 20; n++) {
      const unknown = tokens.identify(await issuer.token(clock.now(), {}, { ...key, kid: `unknown-${n}` }));
      await expect(unknown).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    expect(issuer.asked).toBe(1);
  });

  it('are known at once when they come again', async () => {
    const tokens = new Tokens(settings, clock);
    const known = await issuer.token(clock.now());
    const identity = await tokens.identify(known);
    expect(tokens.identify(known)).toBe(identity); // at once, without a promise
  });
});
