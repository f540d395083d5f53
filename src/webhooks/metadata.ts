import ipaddr from 'ipaddr.js';

/**
 * Where clouds tell their machines secrets, by addresses that are neither link-local nor public: no network that is allowed
 * to webhooks brings these with it.
 */
const secretRanges = [
  '100.100.100.200/32', // Alibaba
  '168.63.129.16/32', // Azure, its wire server
  'fd00:ec2::/32', // AWS: metadata, credentials of containers, time, DNS
  'fd20:ce::254/128', // Google
  'fd00:c1::/32', // Oracle
  'fd00:42::42/128', // Scaleway
  'fd00:a9fe:a9fe::/48', // Linode
].map((range) => ipaddr.parseCIDR(range));

/** Link-local, where most clouds tell it, and the others of IPv4. */
const secretRangesInIPv4 = [ipaddr.parseCIDR('169.254.0.0/16'), ...secretRanges];

/**
 * Whether an address is one where a cloud tells secrets. In IPv6 its last 32 bits count too, for so a translator of the
 * network (NAT64 with a prefix of its own, ISATAP) is asked for an address of IPv4.
 */
export function isMetadata(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (lies(address, secretRanges)) return true;
  return address instanceof ipaddr.IPv6 && lies(new ipaddr.IPv4(address.toByteArray().slice(-4)), secretRangesInIPv4);
}

const lies = (address: ipaddr.IPv4 | ipaddr.IPv6, ranges: typeof secretRanges): boolean =>
  ranges.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
