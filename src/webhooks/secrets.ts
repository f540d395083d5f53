import { hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Rejection } from '../event-sourcing/rejection.js';

/** Makes secrets from one key, so that neither the log nor a table holds any. */
export type SecretOf = (webhook: string, number: number) => string;

/** Secrets as Standard Webhooks writes them: `whsec_` and 32 bytes in Base64. */
export const secretsFrom =
  (key: string): SecretOf =>
  (webhook, number) => {
    const bytes = hkdfSync('sha256', key, webhook, `pledge webhook secret ${number}`, 32);
    return `whsec_${Buffer.from(bytes).toString('base64')}`;
  };

/** The key in a file, made where there is none; only its owner may read it. */
export function keyIn(file: string): string {
  if (!existsSync(file)) {
    const making = `${file}.${process.pid}`;
    writeFileSync(making, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    try {
      linkSync(making, file); // whole or not at all, and never over another's
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EEXIST') throw error;
    } finally {
      rmSync(making, { force: true });
    }
  }
  const key = readFileSync(file, 'utf8').trim();
  if (key.length >= 32) return key;
  throw new Rejection('DATA_NOT_READABLE', `The key of webhooks' secrets in ${file} is damaged; restore a copy.`);
}
