import { hash } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { type TimeSource } from '../time/time-source.js';
import { type TokenSettings } from '../config/identity-settings.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { identityIn } from './claims.js';
import { type Identity, noLongerHolds } from './identity.js';
import { IssuerKeys, KeysUnavailable } from './issuer-keys.js';

/** Signatures that only the holder of a private key can make; a secret shared, or none, is no proof here. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** How far apart the clocks of the provider and ours may be. */
const toleranceSeconds = 10;

/** How many verified tokens are remembered. */
const tokensKept = 10_000;

/** Verifies JWTs by the keys of their issuer, each once: it is remembered, by its digest, until it expires. */
export class Tokens {
  private readonly known = new Map<string, Identity>();
  private readonly keys: IssuerKeys;

  constructor(
    private readonly settings: TokenSettings,
    private readonly time: TimeSource,
    refetchMs?: number,
    private readonly kept = tokensKept,
  ) {
    this.keys = new IssuerKeys(settings.jwksUrl, time, refetchMs);
  }

  /** @throws Rejection `UNAUTHENTICATED`, `TOKEN_EXPIRED`, `IDENTITY_PROVIDER_UNAVAILABLE` */
  identify(token: string): Identity | Promise<Identity> {
    const digest = hash('sha256', token, 'base64url');
    const known = this.known.get(digest);
    if (known === undefined) return this.verify(token, digest);
    if (known.over() === undefined) return known;
    this.known.delete(digest);
    throw noLongerHolds('TOKEN_EXPIRED');
  }

  private async verify(token: string, digest: string): Promise<Identity> {
    const { issuer, audience } = this.settings;
    const { payload } = await jwtVerify(token, this.keys.find, {
      ...{ issuer, audience, algorithms, clockTolerance: toleranceSeconds, requiredClaims: ['exp'] },
      currentDate: new Date(this.time.now()),
    }).catch((error: unknown) => {
      throw refusalOf(error);
    });
    const identity = this.identityOf(payload);
    const [oldest] = this.known.keys();
    if (this.known.size >= this.kept && oldest !== undefined) this.known.delete(oldest);
    this.known.set(digest, identity);
    return identity;
  }

  private identityOf(payload: JWTPayload): Identity {
    const expiresAt = (Number(payload.exp) + toleranceSeconds) * 1000;
    return {
      ...identityIn(payload, this.settings),
      over: () => (this.time.now() >= expiresAt ? 'TOKEN_EXPIRED' : undefined),
      lookAgainAt: () => expiresAt,
    };
  }
}

/** A token that is wrong is its sender's fault, and so is one by a key that is too weak; keys that cannot be had are not. */
function refusalOf(error: unknown): Rejection {
  if (error instanceof errors.JWTExpired) return noLongerHolds('TOKEN_EXPIRED');
  if (error instanceof KeysUnavailable)
    return new Rejection(
      'IDENTITY_PROVIDER_UNAVAILABLE',
      'The keys that verify tokens cannot be fetched; tokens that were verified before are still accepted.',
    );
  const why =
    error instanceof errors.JOSEError ? error.message : 'its key cannot be used; an RSA key needs at least 2048 bits';
  return new Rejection('UNAUTHENTICATED', `The token is not valid: ${why}.`);
}
