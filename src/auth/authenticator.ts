import { type TimeSource } from '../time/time-source.js';
import { tokenSettingsOf } from '../config/identity-settings.js';
import { type Settings } from '../config/settings.js';
import { type Log } from '../observability/log.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { digestOf, idOfKey, isKeyOf, looksLikeKey } from './api-key.js';
import { type DevelopmentKey, developmentKey } from './development-key.js';
import { type Identity, noLongerHolds } from './identity.js';
import { type KeptKey, KeyStore, writeUses } from './key-store.js';
import { KeyUses } from './key-uses.js';
import { permissionsOf } from './permissions.js';
import { Tokens } from './tokens.js';

/** Tells who sent a credential. */
export interface Authenticator {
  /** The key for trying things out, where this server has one. */
  readonly developmentKey: DevelopmentKey | undefined;
  /** Whether anybody could be known, when it was opened: by a token, the development key, or a key that was made. */
  readonly hasKeys: boolean;
  /**
   * Who sent `Bearer …`; at once where it is known already.
   * @throws Rejection `UNAUTHENTICATED`, `TOKEN_EXPIRED`, `KEY_EXPIRED`, `KEY_REVOKED`, `IDENTITY_PROVIDER_UNAVAILABLE`
   */
  identify(authorization: unknown): Identity | Promise<Identity>;
  close(): void;
}

/** How often a key that is held on to is looked at again, whether it was revoked. */
const keyCheckMs = 1_000;

/**
 * The identities that the settings admit: API keys always, JWTs where an issuer is set, the development key where none is
 * and the server listens on loopback.
 * @throws Rejection `DATA_NOT_WRITABLE`, `DATA_FROM_NEWER_VERSION`, `INVALID_DEVELOPMENT_KEY`
 */
export function openAuthenticator(settings: Settings, time: TimeSource, log: Log): Authenticator {
  const development = settings.identity === 'development' ? developmentKey(settings.data) : undefined;
  const keys = KeyStore.open(settings.data);
  const { write, close: closeUses } = writeUses(settings.data);
  const uses = new KeyUses(time, write, (error) => {
    log({ level: 'warn', code: 'KEY_USES_NOT_WRITTEN', message: `Cannot write when keys were used: ${String(error)}` });
  });
  const tokenSettings = tokenSettingsOf(settings);
  const tokens = tokenSettings === undefined ? undefined : new Tokens(tokenSettings, time);
  const developer = development === undefined ? undefined : keptDevelopmentKey(development);

  const find = (id: string) => (id === developer?.id ? developer : keys.find(id));
  const over = (id: string) => overOf(find(id), time);

  function identifyKey(text: string): Identity {
    const id = idOfKey(text);
    const key = id === undefined ? undefined : find(id);
    if (!isKeyOf(text, key?.digest) || key === undefined) throw unauthenticated('This key does not exist.');
    const why = overOf(key, time);
    if (why !== undefined) throw noLongerHolds(why);
    const scope = key.customers === null ? ('everyone' as const) : new Set(key.customers);
    if (key !== developer) uses.note(key.id);
    return {
      actor: key.person === null ? { id: key.name, kind: 'automatic' } : { id: key.person, kind: 'person' },
      may: permissionsOf([key.role], scope),
      scope,
      over: () => {
        const why = over(key.id);
        if (why === undefined && key !== developer) uses.note(key.id);
        return why;
      },
      lookAgainAt: () => time.now() + keyCheckMs,
    };
  }

  return {
    developmentKey: development,
    hasKeys: tokens !== undefined || development !== undefined || keys.list().length > 0,
    identify: (authorization) => {
      const credential = credentialIn(authorization);
      if (looksLikeKey(credential)) return identifyKey(credential);
      if (tokens === undefined) throw unauthenticated('This server accepts API keys only.');
      return tokens.identify(credential);
    },
    close: () => {
      uses.close();
      closeUses();
      keys.close();
    },
  };
}

const unauthenticated = (why: string) => new Rejection('UNAUTHENTICATED', why);

function credentialIn(authorization: unknown): string {
  const [, credential] =
    (typeof authorization === 'string' && /^Bearer ([\w.~+/=-]{1,8192})$/i.exec(authorization)) || [];
  if (credential === undefined)
    throw unauthenticated('Authentication is required: send the header "authorization: Bearer" with a key or token.');
  return credential;
}

function overOf(key: KeptKey | undefined, time: TimeSource) {
  if (key?.revokedAt !== null) return 'KEY_REVOKED'; // one that is gone was revoked, too
  return key.expiresAt !== null && time.now() >= key.expiresAt ? 'KEY_EXPIRED' : undefined;
}

/** The development key as if it had been made by hand: a person's, who may do everything. */
function keptDevelopmentKey({ text }: DevelopmentKey): KeptKey {
  return {
    ...{ id: idOfKey(text) ?? '', name: 'developer', person: 'developer', digest: digestOf(text) },
    ...{ role: 'admin', customers: null, createdAt: 0, expiresAt: null, revokedAt: null, usedAt: null },
  };
}
