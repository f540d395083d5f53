import { isLoopback } from './address.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { type Settings } from './settings.js';

/** How tokens are to be verified, and which of their claims say what. */
export interface TokenSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
  readonly actorClaim: string;
  readonly rolesClaim: string;
  readonly customersClaim: string;
}

/** How tokens are to be verified; undefined where they are not taken. */
export function tokenSettingsOf(settings: Settings): TokenSettings | undefined {
  const { jwtIssuer: issuer, jwtAudience: audience, jwksUrl } = settings;
  if (settings.identity !== 'tokens' || issuer === undefined || audience === undefined || jwksUrl === undefined)
    return undefined;
  const { jwtActorClaim: actorClaim, jwtRolesClaim: rolesClaim, jwtCustomersClaim: customersClaim } = settings;
  return { issuer, audience, jwksUrl, actorClaim, rolesClaim, customersClaim };
}

/**
 * A server that others can reach needs to know whom to believe.
 * @throws Rejection `IDENTITY_NOT_SET` that says what to set
 */
export function expectIdentity({ host, identity }: Settings): void {
  if (identity !== 'development' || isLoopback(host)) return;
  throw new Rejection(
    'IDENTITY_NOT_SET',
    `On ${host} others can reach the server, but no identity is configured. Set PLEDGE_JWT_ISSUER, ` +
      'PLEDGE_JWT_AUDIENCE and PLEDGE_JWKS_URL for tokens of your identity provider, or PLEDGE_IDENTITY=keys for API ' +
      'keys only ("pledge keys create"); or listen on 127.0.0.1.',
  );
}

/** The key with which the command asks a server elsewhere (`PLEDGE_KEY`). */
export const readKey = (environment: NodeJS.ProcessEnv = process.env): string | undefined => environment['PLEDGE_KEY'];
