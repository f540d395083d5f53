import { type AddressInfo } from 'node:net';

/** Where a server that listens is called: the address that means all of them is none to call. */
export function serverUrl({ address, family, port }: AddressInfo): string {
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return `http://${family === 'IPv6' ? `[${host}]` : host}:${port}`;
}
