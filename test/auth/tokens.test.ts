import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { base64url } from 'jose';
import { Tokens } from '../../src/auth/tokens.js';
import { type TokenSettings, tokenSettingsOf } from '../../src/config/identity-settings.js';
import { readSettings } from '../../src/config/settings.js';
import { Issuer } from '../support/issuer.js';
import { ManualClock } from '../support/manual-clock.js';

describe('tokens of an issuer that changes its keys', () => {
  const time = new ManualClock(Date.parse('2026-03-02T09:00:00Z'));
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
    const tokens = new Tokens(settings, time, 0);
    const old = issuer.key;
    expect(await tokens.identify(await issuer.token(time.now()))).toMatchObject({ actor: { id: 'mia' } });
    await issuer.rotate();
    expect(await tokens.identify(await issuer.token(time.now()))).toMatchObject({ actor: { id: 'mia' } });
    const late = tokens.identify(await issuer.token(time.now(), { sub: 'late' }, old));
    await expect(late).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('by keys that nobody knows do not have the issuer asked again and again', async () => {
    const tokens = new Tokens(settings, time);
    await tokens.identify(await issuer.token(time.now()));
    const { key } = issuer;
    for (let n = 0; n < 20; n++) {
      const unknown = tokens.identify(await issuer.token(time.now(), {}, { ...key, kid: `unknown-${n}` }));
      await expect(unknown).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    expect(issuer.asked).toBe(1);
  });

  it('by whom nobody knows have an issuer that is down asked once in ten seconds, however many they are', async () => {
    const tokens = new Tokens(settings, time);
    issuer.isDown = true;
    const ask = async (sub: string) =>
      expect(tokens.identify(await issuer.token(time.now(), { sub }))).rejects.toMatchObject({
        code: 'IDENTITY_PROVIDER_UNAVAILABLE',
      });
    await Promise.all(Array.from({ length: 20 }, (_, n) => ask(`together ${n}`)));
    for (let n = 0; n < 20; n++) await ask(`one by one ${n}`);
    expect(issuer.asked).toBe(1);
    time.putTo(time.now() + 864_000_000); // the clock is no measure of what has passed
    await ask('after the clock was put forward');
    time.putTo(time.now() - 864_000_000);
    expect(issuer.asked).toBe(1);
    time.moveTo(time.now() + 10_000);
    await ask('later');
    expect(issuer.asked).toBe(2);
    issuer.isDown = false;
    time.moveTo(time.now() + 10_000);
    expect(await tokens.identify(await issuer.token(time.now()))).toMatchObject({ actor: { id: 'mia' } });
  });

  it("are refused where their key is too weak, as no fault of the issuer's", async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    const jwk = { ...weak.publicKey.export({ format: 'jwk' }), kid: 'weak', alg: 'RS256' };
    issuer.body = JSON.stringify({ keys: [jwk] });
    const seconds = Math.floor(time.now() / 1000);
    const claims = { iss: 'https://id.example/', aud: 'pledge', sub: 'mia', roles: ['admin'], exp: seconds + 600 };
    const signed = [{ alg: 'RS256', kid: 'weak' }, claims]
      .map((part) => base64url.encode(JSON.stringify(part)))
      .join('.');
    const signature = sign('sha256', Buffer.from(signed), weak.privateKey);
    await expect(new Tokens(settings, time).identify(`${signed}.${base64url.encode(signature)}`)).rejects.toMatchObject(
      {
        code: 'UNAUTHENTICATED',
        message: expect.stringContaining('2048 bits') as unknown,
      },
    );
  });

  it("have the issuer's answer read up to a limit", async () => {
    let sent = 0;
    const chunk = Buffer.alloc(64 * 1024, ' ');
    const endless = createServer((_, response) => {
      const more = () => {
        while (response.write(chunk)) sent += chunk.length;
      };
      response.on('drain', more).on('error', () => undefined);
      more();
    });
    await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
    const { port } = endless.address() as AddressInfo;
    const tokens = new Tokens({ ...settings, jwksUrl: `http://127.0.0.1:${port}/` }, time);
    await expect(tokens.identify(await issuer.token(time.now()))).rejects.toMatchObject({
      code: 'IDENTITY_PROVIDER_UNAVAILABLE',
    });
    expect(sent).toBeLessThan(16 * 1024 * 1024); // a megabyte, and what the network holds
    endless.closeAllConnections();
    await new Promise((resolve) => endless.close(resolve));
  });

  it('are remembered no more than so many, the newest', async () => {
    const tokens = new Tokens(settings, time, undefined, 2);
    const known = [];
    for (const sub of ['a', 'b', 'c']) {
      const token = await issuer.token(time.now(), { sub });
      await tokens.identify(token);
      known.push(token);
    }
    const isKnown = (token: string) => !(tokens.identify(token) instanceof Promise);
    expect(known.slice(1).map(isKnown)).toEqual([true, true]);
    expect(isKnown(known[0] ?? '')).toBe(false);
  });

  it('are known at once when they come again', async () => {
    const tokens = new Tokens(settings, time);
    const known = await issuer.token(time.now());
    const identity = await tokens.identify(known);
    expect(tokens.identify(known)).toBe(identity); // at once, without a promise
  });
});
