import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Rejection } from '../event-sourcing/rejection.js';
import { idOfKey, newKey } from './api-key.js';

export interface DevelopmentKey {
  readonly text: string;
  readonly file: string;
  /** It was made just now. */
  readonly isNew: boolean;
}

/**
 * The key of whoever may read the data folder, made where there is none: an administrator's, for a server on loopback that
 * nobody has given an identity provider. Removing the file and starting again makes another.
 * @throws Rejection `DATA_NOT_WRITABLE`, `INVALID_DEVELOPMENT_KEY`
 */
export function developmentKey(folder: string): DevelopmentKey {
  const file = join(folder, 'development.key');
  try {
    mkdirSync(folder, { recursive: true });
    const { text } = newKey();
    writeFileSync(file, `${text}\n`, { mode: 0o600, flag: 'wx' });
    return { text, file, isNew: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return { text: read(file), file, isNew: false };
    throw new Rejection('DATA_NOT_WRITABLE', `The key ${file} cannot be written: ${(error as Error).message}`);
  }
}

function read(file: string): string {
  const text = readFileSync(file, 'utf8').trim();
  if (idOfKey(text) !== undefined) return text;
  throw new Rejection('INVALID_DEVELOPMENT_KEY', `${file} holds no key; remove it, and the next start makes one.`);
}
