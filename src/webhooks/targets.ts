import { lookup as dnsLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Rejection } from '../event-sourcing/rejection.js';

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
  if (range !== 'unicast') throw new TargetRefused(`${address} is no public address (${range}).`);
  if (scheme === 'http:') throw new TargetRefused('only HTTPS is taken beyond private networks.');
}

const isScheme = (protocol: string): protocol is Scheme => protocol === 'https:' || protocol === 'http:';

/** The host of a URL as an address, where it is one: URLs have every way to write IPv4 made plain already. */
function addressIn({ hostname }: URL): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? undefined : bare;
}

/**
 * What can be said of a target without asking anybody. An address in place of a name is looked up by nobody, so it is
 * checked here before each delivery too.
 * @throws TargetRefused
 */
export function expectSoundTarget(
  text: string,
  rules: Pick<TargetRules, 'allowsPrivate'>,
): { readonly scheme: Scheme; readonly name: string | undefined } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !isScheme(url.protocol)) throw new TargetRefused('it is no HTTPS URL.');
  if (url.username !== '' || url.password !== '') throw new TargetRefused('it has a name or password in it.');
  if (url.hash !== '') throw new TargetRefused('it has a fragment, which no request carries.');
  if (url.protocol === 'http:' && !rules.allowsPrivate) throw new TargetRefused('only HTTPS is taken.');
  const address = addressIn(url);
  if (address !== undefined) expectAllowed(address, url.protocol, rules);
  return { scheme: url.protocol, name: address === undefined ? url.hostname : undefined };
}

/**
 * Checks a target as it is now; where its name leads later is checked again at each connection.
 * @throws TargetRefused
 */
export async function expectTarget(text: string, rules: TargetRules): Promise<void> {
  const { name, scheme } = expectSoundTarget(text, rules);
  if (name !== undefined) await addressesOf(name, scheme, rules);
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
