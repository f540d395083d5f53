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

/** Whether an address is among proxies of ours, single or as `10.0.0.0/8`. */
export function isAmong(proxies: readonly string[]): (address: string) => boolean {
  const ranges = proxies.map((proxy) => (proxy.includes('/') ? ipaddr.parseCIDR(proxy) : singleRange(proxy)));
  return (address) => {
    if (ranges.length === 0 || !ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return ranges.some(([range, bits]) => parsed.kind() === range.kind() && parsed.match(range, bits));
  };
}

/**
 * Addresses by the proxies whose `X-Forwarded-For` is believed. The first other sender of one is told of: it may be a proxy
 * that nobody has set, and then all who come through it are taken for one.
 */
export function addressOf(proxies: readonly string[], ignored: (sender: string) => void = () => undefined): AddressOf {
  const isProxy = isAmong(proxies);
  let isTold = false;
  const direct = new WeakMap<Socket, string>();
  return ({ headers, socket }) => {
    if (!isTold && headers['x-forwarded-for'] !== undefined && !isProxy(socket.remoteAddress ?? '')) {
      isTold = true;
      ignored(socket.remoteAddress ?? 'unknown');
    }
    if (proxies.length === 0) {
      const known = direct.get(socket);
      if (known !== undefined) return known;
      const address = networkOf(socket.remoteAddress ?? '');
      direct.set(socket, address);
      return address;
    }
    const forwarded = [headers['x-forwarded-for'] ?? []].flat().flatMap((list) => list.split(',').map(hostIn));
    const hops = [...forwarded, socket.remoteAddress ?? ''];
    while (hops.length > 1 && isProxy(hops.at(-1) ?? '')) hops.pop();
    return networkOf(hops.at(-1) ?? '');
  };
}

/** The address in an entry: some balancers write the port to it, and IPv6 in brackets. */
function hostIn(entry: string): string {
  const [, bracketed, beforePort] =
    /^(?:\[([^\]]*)\](?::\d{1,5})?|(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5})$/.exec(entry.trim()) ?? [];
  return bracketed ?? beforePort ?? entry.trim();
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
