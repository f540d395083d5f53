import { closeSync, openSync, readSync } from 'node:fs';
import { bodyWithin } from '../parsing/body-within.js';
import { readKey } from '../config/identity-settings.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { FieldFault, listOf, object, optional } from '../parsing/fields.js';

/** A server elsewhere, and the key to it. */
export interface Remote {
  readonly url: string;
  readonly key: string;
}

export interface RemoteOptions {
  readonly server?: string;
  readonly keyFile?: string;
}

/**
 * The server that is named, with the key in a file or else in PLEDGE_KEY – never on the command line, where others see it.
 * Undefined where none is named.
 * @throws Rejection `INVALID_SERVER`, `KEY_NOT_GIVEN`
 */
export function remoteOf({ server, keyFile }: RemoteOptions): Remote | undefined {
  if (server === undefined) return undefined;
  const url = plainUrl(server);
  if (url === undefined)
    throw new Rejection('INVALID_SERVER', 'A server must be an address, for example https://pledge.example.');
  const key = keyFile === undefined ? readKey() : keyIn(keyFile);
  if (key === undefined || key === '')
    throw new Rejection('KEY_NOT_GIVEN', 'A server needs a key: give its file with --key-file, or set PLEDGE_KEY.');
  if (!/^[\x21-\x7e]+$/.test(key)) throw new Rejection('KEY_NOT_GIVEN', 'The key has characters that no key has.');
  return { url, key };
}

/** An address of HTTP without its last slash; undefined where it is none, or has more to it than a place. */
function plainUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.href.includes('#')) return undefined;
  return url.href.endsWith('/') ? url.href.slice(0, -1) : url.href;
}

/** No key, and no token, is longer. */
const longestKey = 16_384;

function keyIn(file: string): string {
  const notRead = (why: string) => new Rejection('KEY_NOT_GIVEN', `The key file ${file} cannot be read: ${why}.`);
  let length: number;
  const bytes = Buffer.alloc(longestKey + 1);
  try {
    const descriptor = openSync(file, 'r');
    try {
      length = readSync(descriptor, bytes);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw notRead((error as Error).message);
  }
  if (length > longestKey) throw notRead('it is longer than any key');
  return bytes.toString('utf8', 0, length).trim();
}

/** How much a server may answer, and how long it may take. */
export interface AnswerLimits {
  readonly bytes: number;
  readonly ms: number;
}

const answerLimits: AnswerLimits = { bytes: 64 * 1024 * 1024, ms: 60_000 };

/**
 * Asks a server. What it answers is anybody's: of bounded size and time, and of a shape that is looked at.
 * @throws Rejection what the server refuses, `SERVER_UNAVAILABLE`, `SERVER_NOT_UNDERSTOOD`
 */
export async function ask<Data>(
  { url, key }: Remote,
  query: string,
  variables: object,
  read: (data: Record<string, unknown>) => Data,
  most: AnswerLimits = answerLimits,
): Promise<Data> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  const body = JSON.stringify({ query, variables });
  const signal = AbortSignal.timeout(most.ms);
  let text: string;
  try {
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body, redirect: 'error', signal });
    text = await bodyWithin(response, most.bytes);
  } catch (error) {
    const why = signal.aborted ? `no answer within ${most.ms / 1000} s` : whyOf(error);
    throw new Rejection('SERVER_UNAVAILABLE', `${url} does not answer: ${why}.`);
  }
  try {
    return read(dataOf(text));
  } catch (error) {
    if (error instanceof Rejection) throw error;
    const why = error instanceof FieldFault ? error.message : 'it is not JSON, or nested too deeply';
    throw new Rejection('SERVER_NOT_UNDERSTOOD', `${url} does not answer as a Pledge server does: ${why}.`);
  }
}

/** A failed connection has its reason in its cause. */
function whyOf(error: unknown): string {
  const { cause, message } = error as { readonly cause?: unknown; readonly message?: unknown };
  const { message: inner, code } = (cause ?? {}) as { readonly message?: unknown; readonly code?: unknown };
  return ([inner, code, message].find((text) => typeof text === 'string' && text !== '') as string | undefined) ?? '?';
}

/** @throws Rejection by the code that a server refuses with */
function dataOf(text: string): Record<string, unknown> {
  const { data, errors } = object(JSON.parse(text), 'the answer');
  const [error] = optional(listOf(1_000, object))(errors, 'errors') ?? [];
  if (error === undefined) return object(data, 'data');
  const { code } = optional(object)(error['extensions'], 'extensions') ?? {};
  const isCode = typeof code === 'string' && /^[A-Z][A-Z\d_]{0,79}$/.test(code);
  throw new Rejection(isCode ? code : 'REFUSED', typeof error['message'] === 'string' ? error['message'] : 'no reason');
}
