import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { privateFolder } from '../storage/private-files.js';
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
  if (existsSync(file)) return { text: read(file), file, isNew: false };
  const { text } = newKey();
  const half = `${file}.new`; // renamed when it is whole, so that a kill leaves no half of one
  try {
    privateFolder(folder);
    rmSync(half, { force: true });
    writeFileSync(half, `${text}\n`, { mode: 0o600, flush: true });
    renameSync(half, file);
  } catch (error) {
    throw new Rejection('DATA_NOT_WRITABLE', `The key ${file} cannot be written: ${(error as Error).message}`);
  }
  return { text, file, isNew: true };
}

function read(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Rejection('INVALID_DEVELOPMENT_KEY', `The key ${file} cannot be read: ${(error as Error).message}`);
  }
  if (idOfKey(text) !== undefined) return text;
  throw new Rejection('INVALID_DEVELOPMENT_KEY', `${file} contains no key; remove it, and the next start makes one.`);
}
