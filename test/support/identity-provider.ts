import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import {
  type CryptoKey,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose';

interface Key {
  readonly kid: string;
  readonly publicJwk: JWK;
  /** The public key as people pass it about. */
  readonly spki: string;
  readonly privateKey: CryptoKey;
}

/** Whoever signs tokens: its keys are at an address, as long as it is up. */
export class IdentityProvider {
  readonly issuer = 'https://id.example';
  readonly audience = 'pledge';
  /** What is asked of it is answered with so. */
  status = 200;
  /** What it says in place of its keys. */
  body: string | undefined;

  private constructor(
    private readonly server: Server,
    private keys: readonly Key[],
  ) {}

  static async start(): Promise<IdentityProvider> {
    const server = createServer((_, response) => {
      const body = provider.body ?? JSON.stringify({ keys: provider.keys.map(({ publicJwk }) => publicJwk) });
      response.writeHead(provider.status, { 'content-type': 'application/json' }).end(body);
    });
    const provider = new IdentityProvider(server, [await newKey('first')]);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  get key(): Key {
    const [key] = this.keys;
    if (key === undefined) throw new Error('there is no key');
    return key;
  }

  /** The settings of a server that believes it. */
  get settings(): NodeJS.ProcessEnv {
    const { port } = this.server.address() as AddressInfo;
    return {
      PLEDGE_JWT_ISSUER: this.issuer,
      PLEDGE_JWT_AUDIENCE: this.audience,
      PLEDGE_JWKS_URL: `http://127.0.0.1:${port}/jwks.json`,
    };
  }

  /** Puts a new key in place of the old. */
  async rotate(kid: string): Promise<void> {
    this.keys = [await newKey(kid)];
  }

  /** A token of an administrator's that lasts a minute, but for what a test says. */
  token(
    now: number,
    claims: Record<string, unknown> = {},
    header: Partial<JWTHeaderParameters> = {},
    key: CryptoKey | Uint8Array = this.key.privateKey,
  ) {
    const seconds = Math.floor(now / 1000);
    const usual = {
      iss: this.issuer,
      aud: this.audience,
      sub: 'mia',
      roles: ['admin'],
      iat: seconds,
      exp: seconds + 60,
    };
    return new SignJWT({ ...usual, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: this.key.kid, ...header })
      .sign(key, { crit: { b65: true } });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** A key of two thousand bits. */
export async function newKey(kid: string): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
  return { kid, publicJwk, spki: await exportSPKI(publicKey), privateKey };
}
