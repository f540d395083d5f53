import { readFileSync } from 'node:fs';
import { newFolder } from '../api.js';
import { CertificateAuthority } from '../certificates.js';
import { Cluster } from './cluster.js';

/** What the script of docs/eventstoredb.md sends, in its order. */
interface Script {
  readonly user: { readonly loginName: string; readonly password: string; readonly groups: readonly string[] };
  readonly acl: { readonly $acl: object };
  readonly defaults: object;
}

function scriptOf(page: string): Script {
  const [user, acl, defaults] = [...page.matchAll(/-d '(\{.*\})'/g)].map(([, body = '']) => JSON.parse(body) as object);
  return { user, acl, defaults } as Script;
}

const { user, acl, defaults } = scriptOf(readFileSync('docs/eventstoredb.md', 'utf8'));

const users = {
  admin: { password: 'changeit' },
  [user.loginName]: { password: user.password, groups: user.groups },
};

/** The name of the user of that script. */
export const smallUser = user.loginName;

/** How a user says who it is. */
export const headerOf = (name: string): string =>
  `Basic ${Buffer.from(`${name}:${users[name]?.password ?? ''}`).toString('base64')}`;

/** Three nodes on TLS, with a user of the rights that docs/eventstoredb.md gives and no others. */
export async function secureCluster(): Promise<Cluster> {
  const cluster = await Cluster.start(3, { certificate: new CertificateAuthority(newFolder()).issue(), users });
  cluster.node(0).setAcl('$all', acl.$acl);
  cluster.node(0).setDefaultAcl(defaults);
  return cluster;
}
