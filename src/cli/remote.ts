import { readFileSync } from 'node:fs';
import { readKey } from '../config/identity-settings.js';
import { Rejection } from '../event-sourcing/rejection.js';

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
  const isPlain = URL.canParse(server) && /^https?:$/.test(new URL(server).protocol);
  if (!isPlain) throw new Rejection('INVALID_SERVER', `«${server}» is no address, as in https://pledge.example.`);
  const key = keyFile === undefined ? readKey() : keyIn(keyFile);
  if (key !== undefined && key !== '') return { url: server.replace(/\/+$/, ''), key };
  throw new Rejection('KEY_NOT_GIVEN', 'A server takes a key: name its file by --key-file, or set PLEDGE_KEY.');
}

function keyIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Rejection('KEY_NOT_GIVEN', `The key file ${file} cannot be read: ${(error as Error).message}`);
  }
}

interface Answer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** Asks a server. @throws Rejection what the server refuses, `SERVER_UNAVAILABLE` */
export async function ask<Data>({ url, key }: Remote, query: string, variables: object): Promise<Data> {
  const unavailable = (why: string) => new Rejection('SERVER_UNAVAILABLE', `${url} does not answer: ${why}`);
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  const body = JSON.stringify({ query, variables });
  let text: string;
  try {
    text = await (await fetch(`${url}/graphql`, { method: 'POST', headers, body, redirect: 'error' })).text();
  } catch (error) {
    throw unavailable(error instanceof Error ? error.message : String(error));
  }
  let answer: Answer<Data>;
  try {
    answer = JSON.parse(text) as Answer<Data>;
  } catch {
    throw unavailable('what it says is no JSON');
  }
  const [error] = answer.errors ?? [];
  if (error !== undefined) throw new Rejection(error.extensions?.code ?? 'REFUSED', error.message);
  if (answer.data == null) throw unavailable('it says nothing');
  return answer.data;
}
