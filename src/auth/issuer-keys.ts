import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { bodyWithin } from '../parsing/body-within.js';
import { type TimeSource } from '../time/time-source.js';

/** How long after asking for the keys nobody asks again, whatever came of it: a flood of tokens is not the issuer's to bear. */
export const refetchMs = 10_000;

/** How long keys are kept. */
const keptMs = 600_000;

/** How long the issuer may take, and how much it may say. */
const timeoutMs = 5_000;
const mostBytes = 1024 * 1024;

/** The keys cannot be had: no fault of who sends a token. */
export class KeysUnavailable extends Error {}

type Keys = ReturnType<typeof createLocalJWKSet>;

/**
 * The keys of an issuer, from its address. jose's own asks again for each token while the issuer is down, reads an answer
 * without end, and goes by the clock, which may be put back.
 */
export class IssuerKeys {
  private keys: Keys | undefined;
  private askedAt = -Infinity;
  private asking: Promise<void> | undefined;
  private isDown = false;

  constructor(
    private readonly url: string,
    private readonly time: Pick<TimeSource, 'elapsed'>,
    private readonly cooldownMs = refetchMs,
  ) {}

  /** The key that a token is signed by. @throws KeysUnavailable, and what jose throws where there is none */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    if (this.keys === undefined || this.time.elapsed() - this.askedAt >= keptMs) await this.ask();
    const known = this.known();
    try {
      return await known(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (this.mayAsk) await this.ask();
      if (this.isDown) throw new KeysUnavailable();
      return this.known()(header, token);
    }
  };

  private get mayAsk(): boolean {
    return this.asking !== undefined || this.time.elapsed() - this.askedAt >= this.cooldownMs;
  }

  private known(): Keys {
    if (this.keys === undefined) throw new KeysUnavailable();
    return this.keys;
  }

  /** Asks the issuer, once for all who want to know meanwhile. */
  private async ask(): Promise<void> {
    if (!this.mayAsk) throw new KeysUnavailable();
    if (this.asking === undefined) {
      this.askedAt = this.time.elapsed();
      this.asking = this.fetchKeys().finally(() => (this.asking = undefined));
    }
    await this.asking;
  }

  private async fetchKeys(): Promise<void> {
    try {
      this.keys = createLocalJWKSet(JSON.parse(await this.read()) as JSONWebKeySet);
      this.isDown = false;
    } catch (cause) {
      this.isDown = true;
      throw new KeysUnavailable('The keys cannot be fetched.', { cause });
    }
  }

  private async read(): Promise<string> {
    const headers = { accept: 'application/json, application/jwk-set+json' };
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(this.url, { headers, redirect: 'manual', signal });
    if (response.status !== 200) throw new Error(`the issuer answers ${response.status}`);
    return bodyWithin(response, mostBytes);
  }
}
