import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export async function signingKey(kid: string, alg = 'ES256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg } };
}

/** An identity provider on loopback: its keys over HTTP, and tokens signed by them. */
export class Issuer {
  /** How often somebody asked for the keys. */
  asked = 0;
  isDown = false;
  /** What it says in place of its keys. */
  body: string | undefined;

  private constructor(
    private readonly server: Server,
    private keys: readonly SigningKey[],
  ) {}

  static async start(): Promise<Issuer> {
    const server = createServer();
    const issuer = new Issuer(server, [await signingKey('first')]);
    server.on('request', (_, response) => {
      issuer.asked += 1;
      if (issuer.isDown) response.writeHead(503).end();
      else
        response
          .setHeader('content-type', 'application/json')
          .end(issuer.body ?? JSON.stringify({ keys: issuer.publicKeys }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return issuer;
  }

  private get publicKeys(): readonly JWK[] {
    return this.keys.map(({ publicJwk }) => publicJwk);
  }

  get key(): SigningKey {
    const [key] = this.keys;
    if (key === undefined) throw new Error('the issuer has no key');
    return key;
  }

  /** What a server is told of it. */
  get environment(): NodeJS.ProcessEnv {
    const { port } = this.server.address() as AddressInfo;
    return {
      PLEDGE_JWT_ISSUER: 'https://id.example/',
      PLEDGE_JWT_AUDIENCE: 'pledge',
      PLEDGE_JWKS_URL: `http://127.0.0.1:${port}/jwks`,
    };
  }

  /** Signs by another key from now on, and forgets the one before. */
  async rotate(): Promise<void> {
    this.keys = [await signingKey(`next-${this.key.kid}`)];
  }

  /** A token as the issuer would sign it at an instant, with what a test changes. */
  token(now: number, claims: JWTPayload = {}, { kid, alg, privateKey } = this.key): Promise<string> {
    const seconds = Math.floor(now / 1000);
    const usual = { iss: 'https://id.example/', aud: 'pledge', sub: 'mia', roles: ['agent'], exp: seconds + 600 };
    return new SignJWT({ ...usual, iat: seconds, ...claims }).setProtectedHeader({ alg, kid }).sign(privateKey);
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeAllConnections();
    });
  }
}
