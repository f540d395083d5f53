import { Rejection } from '../../event-sourcing/rejection.js';

export interface Host {
  readonly address: string;
  readonly port: number;
}

/** What a connection string says. */
export interface ConnectionUrl {
  /** One node; or some of a cluster, any of which tells of the others. */
  readonly hosts: readonly Host[];
  /** Whether its one host is a name of all nodes. */
  readonly discovers: boolean;
  readonly isSecure: boolean;
  readonly username?: string;
  readonly password?: string;
  readonly caFile?: string;
  readonly certificateFile?: string;
  readonly keyFile?: string;
  readonly connectionName?: string;
  /** What the names of our streams begin with on the server; nothing if it is left out. */
  readonly streamPrefix?: string;
  readonly maxDiscoverAttempts: number;
  readonly discoveryIntervalMs: number;
  readonly gossipTimeoutMs: number;
  /** -1 for none. */
  readonly keepAliveIntervalMs: number;
  readonly keepAliveTimeoutMs: number;
}

const usualPort = 2113;

/** What the value of an option may be, in words and as a check. */
interface Kind {
  readonly words: string;
  readonly takes: (value: string) => boolean;
}

const isWhole = (value: string) => /^\d{1,9}$/.test(value);
const flag: Kind = { words: 'true or false', takes: (value) => value === 'true' || value === 'false' };
const count: Kind = { words: 'a whole number from 1', takes: (value) => isWhole(value) && Number(value) > 0 };
const interval: Kind = { words: 'milliseconds, or -1 for none', takes: (value) => isWhole(value) || value === '-1' };
const text: Kind = { words: 'a text', takes: (value) => value !== '' };
/** Of two such texts neither begins with the other, so that nobody's streams are among another's. */
const prefix: Kind = {
  words: 'up to 40 letters, digits, "_" and ".", followed by a "-"',
  takes: (value) => /^[A-Za-z0-9_.]{1,40}-$/.test(value),
};
const onlyTrue = (words: string): Kind => ({ words, takes: (value) => value === 'true' });
const nodes = ['leader', 'follower', 'readonlyreplica', 'random'];

/** Every option that the clients of EventStoreDB know, and one of ours, by its name in small letters. */
const kinds: Readonly<Record<string, Kind>> = {
  tls: flag,
  tlsverifycert: onlyTrue('true, because certificates are always checked; use tlsCAFile for your own authority'),
  tlscafile: text,
  usercertfile: text,
  userkeyfile: text,
  connectionname: text,
  maxdiscoverattempts: count,
  discoveryinterval: count,
  gossiptimeout: { words: 'a whole number of seconds from 1', takes: count.takes },
  // What Pledge asks is answered by the leader, whichever node is preferred.
  nodepreference: {
    words: 'leader, follower, readOnlyReplica or random',
    takes: (value) => nodes.includes(value.toLowerCase().replace(/[_-]/g, '')),
  },
  keepaliveinterval: interval,
  keepalivetimeout: interval,
  // Of the client's own calls; those of Pledge have limits of their own.
  defaultdeadline: count,
  throwonappendfailure: onlyTrue('true'),
  streamprefix: prefix,
};

/**
 * Reads a connection string, `esdb://[user:password@]host[:port][,…][?option=value&…]`; `kurrentdb://` is the same, and so
 * is either with `+discover`. Nothing of it is repeated in an error but the names of options.
 * @throws Rejection `INVALID_EVENT_STORE_URL`
 */
export function readConnectionUrl(url: string): ConnectionUrl {
  const [, scheme = '', discovers, rest = ''] = /^(esdb|kurrentdb)(\+discover)?:\/\/(.*)$/s.exec(url.trim()) ?? [];
  if (scheme === '')
    throw invalidUrl('it begins with esdb://, esdb+discover://, kurrentdb:// or kurrentdb+discover://');
  const [authority = '', query = '', ...more] = rest.split('?');
  if (more.length > 0 || query.includes('@'))
    throw invalidUrl('a "?", "&" or "@" in a user, a password or an option must be percent-encoded');
  const parts = authority.split('@');
  if (parts.length > 2) throw invalidUrl('a "@" in a user or a password must be percent-encoded');
  const hosts = hostsOf((parts.at(-1) ?? '').replace(/\/+$/, ''));
  const options = optionsOf(query);
  const number = (name: string, usual: number) => Number(options.get(name) ?? usual);
  const [caFile, certificateFile, keyFile] = ['tlscafile', 'usercertfile', 'userkeyfile'].map((name) =>
    options.get(name),
  );
  if ((certificateFile === undefined) !== (keyFile === undefined))
    throw invalidUrl('userCertFile and userKeyFile must be given together');
  const [connectionName, streamPrefix] = [options.get('connectionname'), options.get('streamprefix')];
  return {
    hosts,
    discovers: discovers !== undefined,
    isSecure: options.get('tls') !== 'false',
    ...(parts.length === 2 ? credentialsOf(parts[0] ?? '') : {}),
    ...(caFile === undefined ? {} : { caFile }),
    ...(certificateFile === undefined ? {} : { certificateFile }),
    ...(keyFile === undefined ? {} : { keyFile }),
    ...(connectionName === undefined ? {} : { connectionName }),
    ...(streamPrefix === undefined ? {} : { streamPrefix }),
    maxDiscoverAttempts: number('maxdiscoverattempts', 10),
    discoveryIntervalMs: number('discoveryinterval', 100),
    gossipTimeoutMs: 1_000 * number('gossiptimeout', 5),
    keepAliveIntervalMs: number('keepaliveinterval', 10_000),
    keepAliveTimeoutMs: number('keepalivetimeout', 10_000),
  };
}

function credentialsOf(given: string): Pick<ConnectionUrl, 'username' | 'password'> {
  const [username = '', password, ...more] = given.split(':');
  if (more.length > 0) throw invalidUrl('a ":" in a user or a password must be percent-encoded');
  if (username === '') throw invalidUrl('it names no user before the "@"');
  if (password === '') throw invalidUrl('its password is empty');
  const name = decoded(username, 'the user');
  return password === undefined ? { username: name } : { username: name, password: decoded(password, 'the password') };
}

function hostsOf(list: string): readonly Host[] {
  return list.split(',').map((host) => {
    const [, address = '', port = String(usualPort)] = /^(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i.exec(host) ?? [];
    if (address === '') throw invalidUrl('it has no host, or a host that is not a name and a port');
    if (Number(port) < 1 || Number(port) > 65_535) throw invalidUrl('a port is a number from 1 to 65535');
    return { address, port: Number(port) };
  });
}

function optionsOf(query: string): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (const pair of query === '' ? [] : query.split('&')) {
    const [name = '', value = '', ...more] = pair.split('=');
    const key = name.trim().toLowerCase().replace(/[_-]/g, '');
    const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
    if (kind === undefined)
      throw invalidUrl(`there is no option ${/^[a-z_-]{1,40}$/i.test(name) ? name : 'of such a name'}`);
    if (options.has(key)) throw invalidUrl(`${name} is given twice`);
    const given = decoded(value.trim(), name);
    if (more.length > 0 || !kind.takes(given)) throw invalidUrl(`${name} must be ${kind.words}`);
    options.set(key, given);
  }
  return options;
}

function decoded(value: string, name: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw invalidUrl(`a "%" in ${name} must be percent-encoded`);
  }
}

export const invalidUrl = (why: string): Rejection =>
  new Rejection('INVALID_EVENT_STORE_URL', `The connection string of EventStoreDB cannot be used: ${why}.`);
