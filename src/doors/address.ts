import { type IncomingMessage } from 'node:http';
import { type Socket } from 'node:net';
import ipaddr from 'ipaddr.js';

/** The bits of an IPv6 address that say whose network it is: within, a caller picks freely. */
const networkBits = 64;

/** A caller's address as limits count it: IPv4 as it is, also inside IPv6; of IPv6 its network. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const bytes = parsed.toByteArray().fill(0, networkBits / 8);
  return ipaddr.fromByteArray(bytes).toString();
}

/** Whose request it is; only a proxy of ours is believed about whom it speaks for. */
export type AddressOf = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string;

/** Addresses by the proxies, single or as `10.0.0.0/8`, whose `X-Forwarded-For` is believed. */
export function addressOf(proxies: readonly string[]): AddressOf {
  const ranges = proxies.map((proxy) => (proxy.includes('/') ? ipaddr.parseCIDR(proxy) : singleRange(proxy)));
  const isProxy = (address: string) => {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return ranges.some(([range, bits]) => parsed.kind() === range.kind() && parsed.match(range, bits));
  };
  const direct = new WeakMap<Socket, string>();
  return ({ headers, socket }) => {
    if (ranges.length === 0) {
      const known = direct.get(socket);
      if (known !== undefined) return known;
      const address = networkOf(socket.remoteAddress ?? '');
      direct.set(socket, address);
      return address;
    }
    const said = [headers['x-forwarded-for'] ?? []].flat().flatMap((list) => list.split(',').map((one) => one.trim()));
    const hops = [...said, socket.remoteAddress ?? ''];
    while (hops.length > 1 && isProxy(hops.at(-1) ?? '')) hops.pop();
    return networkOf(hops.at(-1) ?? '');
  };
}

/** Whether text is an address, or a range of them. */
export const isNetwork = (text: unknown): boolean =>
  typeof text === 'string' && (ipaddr.isValid(text) || ipaddr.isValidCIDR(text));

function singleRange(address: string): ReturnType<typeof ipaddr.parseCIDR> {
  const parsed = ipaddr.process(address);
  return [parsed, parsed.kind() === 'ipv4' ? 32 : 128];
}

/** Whether an address to listen on is this machine's own alone. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || (ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback');
