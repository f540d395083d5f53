import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A key as its holder keeps it, and what is kept of it here: its id to find it by, and a digest to know it by. */
export interface NewKey {
  readonly id: string;
  readonly text: string;
  readonly digest: Buffer;
}

const form = /^pledge_([0-9a-f]{10})_[\w-]{43}$/;

export const looksLikeKey = (text: string): boolean => text.startsWith('pledge_');

/** The id in a key; undefined where it is none. */
export const idOfKey = (text: string): string | undefined => form.exec(text)?.[1];

/** A digest is enough: what was drawn from 256 random bits cannot be guessed from a list. */
export const digestOf = (text: string): Buffer => hash('sha256', text, 'buffer');

/** A key of 256 random bits, with a prefix by which people and scanners know what they have found. */
export function newKey(): NewKey {
  const id = randomBytes(5).toString('hex');
  const text = `pledge_${id}_${randomBytes(32).toString('base64url')}`;
  return { id, text, digest: digestOf(text) };
}

const nobodys = Buffer.alloc(32);

/** Whether a key is the one of a digest, in the same time whether or not there is one. */
export const isKeyOf = (text: string, digest: Buffer | undefined): boolean =>
  timingSafeEqual(digestOf(text), digest ?? nobodys) && digest !== undefined;
