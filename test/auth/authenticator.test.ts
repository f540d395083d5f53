import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openAuthenticator } from '../../src/auth/authenticator.js';
import { identityIn } from '../../src/auth/claims.js';
import { type Identity } from '../../src/auth/identity.js';
import { KeyStore } from '../../src/auth/key-store.js';
import { type TokenSettings } from '../../src/config/identity-settings.js';
import { newFolder } from '../support/api.js';
import { settingsOf } from '../support/application-contexts.js';
import { ManualClock } from '../support/manual-clock.js';

const request = { name: 'desk', role: 'agent', customers: null, expiresAt: null } as const;

describe('an API key', () => {
  let folder: string;
  let keys: KeyStore;
  const time = new ManualClock(Date.parse('2026-03-02T09:00:00Z'));
  beforeEach(() => {
    folder = newFolder();
    keys = KeyStore.open(folder);
  });
  afterEach(() => {
    keys.close();
    rmSync(folder, { recursive: true });
  });
  const opened = (environment: NodeJS.ProcessEnv = { PLEDGE_IDENTITY: 'keys' }) =>
    openAuthenticator(settingsOf(folder, environment), time, () => undefined);

  it('that is revoked is refused from then on, and to whoever holds on to it a second later at most', () => {
    const { id, text } = keys.create(request, time.now());
    const authenticator = opened();
    const identity = authenticator.identify(`Bearer ${text}`) as Identity;
    expect([identity.over(), identity.lookAgainAt()]).toEqual([undefined, time.now() + 1_000]);
    keys.revoke(id, time.now());
    expect(identity.over()).toBe('KEY_REVOKED');
    expect(() => authenticator.identify(`Bearer ${text}`)).toThrow(expect.objectContaining({ code: 'KEY_REVOKED' }));
    authenticator.close();
  });

  it('that is revoked twice was revoked the first time', () => {
    const { id } = keys.create(request, time.now());
    keys.revoke(id, 1_000);
    keys.revoke(id, 2_000);
    expect(keys.find(id)?.revokedAt).toBe(1_000);
    expect(() => {
      keys.revoke('nobody', 1_000);
    }).toThrow(expect.objectContaining({ code: 'KEY_NOT_FOUND' }));
  });

  it('for trying things out is there where nothing else is set, and only there', () => {
    const tokens = {
      ...{ PLEDGE_JWT_ISSUER: 'https://id.example/', PLEDGE_JWT_AUDIENCE: 'pledge' },
      PLEDGE_JWKS_URL: 'https://id.example/keys',
    };
    for (const environment of [tokens, { PLEDGE_IDENTITY: 'keys' }]) {
      const authenticator = opened(environment);
      expect([authenticator.developmentKey, existsSync(join(folder, 'development.key'))]).toEqual([undefined, false]);
      authenticator.close();
    }
    const alone = opened({});
    expect(alone.identify(`Bearer ${alone.developmentKey?.text ?? ''}`)).toMatchObject({ actor: { id: 'developer' } });
    alone.close();
  });
});

describe('the claims of a token', () => {
  const settings: TokenSettings = {
    ...{
      issuer: 'i',
      audience: 'a',
      jwksUrl: 'u',
      actorClaim: 'sub',
      rolesClaim: 'roles',
      customersClaim: 'customers',
    },
  };
  const agents = { sub: 'mia', roles: ['agent'] };

  it.each(['mia\n{"level":"error"}', 'mia\u001b[2J', 'mia\u202e', 'mia\u0000', '', 'x'.repeat(201)])(
    'name no actor with %j',
    (sub) => {
      expect(() => identityIn({ ...agents, sub }, settings)).toThrow(
        expect.objectContaining({ code: 'UNAUTHENTICATED' }),
      );
    },
  );

  it('are found by a name that has dots, and by a path', () => {
    const named = 'https://pledge.example/roles';
    expect(identityIn({ sub: 'mia', [named]: ['agent'] }, { ...settings, rolesClaim: named }).may).toContain(
      'changeTickets',
    );
    const path = { ...settings, rolesClaim: 'realm_access.roles', customersClaim: 'desk.of' };
    const identity = identityIn({ sub: 'mia', realm_access: { roles: ['agent'] }, desk: { of: 'acme globex' } }, path);
    expect([identity.may.has('changeTickets'), identity.scope]).toEqual([true, new Set(['acme globex'])]);
    expect(identityIn({ sub: 'mia', 'realm_access.roles': 'agent', realm_access: { roles: [] } }, path).may).toContain(
      'changeTickets',
    );
  });

  it('limit to no customer rather than to none at all', () => {
    expect(identityIn({ ...agents, customers: [] }, settings).scope).toEqual(new Set());
    expect(identityIn(agents, settings).scope).toBe('everyone');
    expect(() => identityIn({ ...agents, customers: 7 }, settings)).toThrow(
      expect.objectContaining({ code: 'UNAUTHENTICATED' }),
    );
  });
});
