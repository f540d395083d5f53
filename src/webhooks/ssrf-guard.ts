import { lookup as dnsLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { isMetadata } from './metadata.js';

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** Asks for the addresses of a name; a port, so that tests say what DNS answers. */
export type Lookup = (name: string) => Promise<readonly Address[]>;

export const systemLookup: Lookup = (name) => dnsLookup(name, { all: true });

export interface TargetRules {
  /** Whether addresses of private networks may be targets, over HTTP too. */
  readonly allowsPrivate: boolean;
  readonly lookup: Lookup;
}

/** What is reached on private networks. Link-local is not among it: clouds tell their machines' secrets there. */
const privateRanges = new Set(['loopback', 'private', 'uniqueLocal', 'carrierGradeNat']);

/** A target that webhooks do not go to. */
export class TargetRefused extends Rejection {
  constructor(why: string) {
    super('WEBHOOK_TARGET_REFUSED', `url: ${why}`);
  }
}

/** How a target is reached. */
type Scheme = 'https:' | 'http:';

/** All that is public in IPv6; beyond it are old ways to write IPv4, and what nobody was given yet. */
const publicIPv6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** What an address is; IPv4 mapped into IPv6 counts as what it is itself. */
function rangeOf(address: string): string {
  const parsed = ipaddr.process(address);
  if (isMetadata(parsed)) return 'metadata of a cloud';
  const range = parsed.range();
  const isBeyond = range === 'unicast' && parsed instanceof ipaddr.IPv6 && !parsed.match(publicIPv6);
  return isBeyond ? 'reserved' : range;
}

/**
 * Whether an address may be a target: a public one by HTTPS, one of a private network where that is allowed.
 * @throws TargetRefused
 */
function expectAllowed(address: string, scheme: Scheme, { allowsPrivate }: Pick<TargetRules, 'allowsPrivate'>): void {
  const range = rangeOf(address);
  if (privateRanges.has(range) && allowsPrivate) return;
  const setting = privateRanges.has(range) ? ' PLEDGE_WEBHOOK_PRIVATE_TARGETS=yes allows it.' : '';
  if (range !== 'unicast') throw new TargetRefused(`${address} is not a public address (${range}).${setting}`);
  if (scheme === 'http:') throw new TargetRefused('only HTTPS is accepted outside private networks.');
}

const isScheme = (protocol: string): protocol is Scheme => protocol === 'https:' || protocol === 'http:';

/** The host of a URL as an address, where it is one: URLs have every way to write IPv4 made plain already. */
function addressIn({ hostname }: URL): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? undefined : bare;
}

/** A target as far as it can be judged without asking anybody. */
interface SoundTarget {
  /** The URL as every reader of URLs reads it. */
  readonly href: string;
  readonly scheme: Scheme;
  /** To be looked up; undefined where the URL has an address in place of a name. */
  readonly name: string | undefined;
}

/**
 * What can be said of a target without asking anybody. An address in place of a name is looked up by nobody, so it is
 * checked here before each delivery too.
 * @throws TargetRefused
 */
export function expectSoundTarget(text: string, rules: Pick<TargetRules, 'allowsPrivate'>): SoundTarget {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !isScheme(url.protocol)) throw new TargetRefused('it is not an HTTPS URL.');
  if (url.username !== '' || url.password !== '') throw new TargetRefused('it has a name or password in it.');
  // An empty one leaves no `hash`, but its sign.
  if (url.href.includes('#')) throw new TargetRefused('it has a fragment.');
  if (url.port === '0') throw new TargetRefused('nobody listens on port 0.');
  if (url.protocol === 'http:' && !rules.allowsPrivate) throw new TargetRefused('only HTTPS is accepted.');
  const address = addressIn(url);
  if (address !== undefined) expectAllowed(address, url.protocol, rules);
  return { href: url.href, scheme: url.protocol, name: address === undefined ? url.hostname : undefined };
}

/**
 * Checks a target as it is now; where its name leads later is checked again at each connection. Answers the URL to keep:
 * what people read in it is then where it leads.
 * @throws TargetRefused
 */
export async function expectTarget(text: string, rules: TargetRules): Promise<string> {
  const { href, name, scheme } = expectSoundTarget(text, rules);
  if (name !== undefined) await addressesOf(name, scheme, rules);
  return href;
}

async function addressesOf(name: string, scheme: Scheme, rules: TargetRules): Promise<readonly Address[]> {
  const addresses = await rules.lookup(name).catch(() => []);
  if (addresses.length === 0) throw new TargetRefused(`${name} has no address.`);
  for (const { address } of addresses) expectAllowed(address, scheme, rules);
  return addresses;
}

/** A look-up for connections: none is made where one of a name's addresses is refused. */
export const guardedLookup =
  (scheme: Scheme, rules: TargetRules): LookupFunction =>
  (name, { all }, callback) => {
    addressesOf(name, scheme, rules).then(
      (addresses) => {
        const [first] = addresses;
        if (all === true) callback(null, [...addresses]);
        else callback(null, first?.address ?? '', first?.family);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error(String(error)), []);
      },
    );
  };
