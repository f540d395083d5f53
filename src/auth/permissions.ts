import { type Scope } from './scope.js';

/** Who there is. */
export const roles = {
  agent: 'works on tickets',
  dashboard: 'shows how promises are kept, and what is to be done',
  auditor: 'reads everything, its history included, and changes nothing',
  ingest: 'a program that reports what happened elsewhere',
  admin: 'does everything',
} as const;
export type Role = keyof typeof roles;

export const isRole = (text: string): text is Role => Object.hasOwn(roles, text);

interface Granted {
  readonly roles: readonly Role[];
  /** What it permits. */
  readonly to: string;
  /** It concerns every customer, so that those who see only some do not have it. */
  readonly ofEveryone?: true;
}

/**
 * What may be permitted, and to which roles: the one declaration. Operations name what they require by `@Requires`; the
 * page docs/permissions.md is printed from both.
 */
export const permissions = {
  readTickets: {
    to: 'read tickets, the work queue and breaches, and hear of them live',
    roles: ['agent', 'dashboard', 'auditor', 'admin'],
  },
  readReports: { to: 'read how promises were kept', roles: ['agent', 'dashboard', 'auditor', 'admin'] },
  readHistory: {
    to: 'read who recorded what when, of tickets, plans, calendars and customers',
    roles: ['agent', 'auditor', 'admin'],
  },
  readCatalogue: {
    to: 'read plans, calendars and customers, and ask what is due when',
    roles: ['agent', 'dashboard', 'auditor', 'ingest', 'admin'],
  },
  changeTickets: { to: 'open and change tickets', roles: ['agent', 'ingest', 'admin'] },
  report: {
    to: 'report what others did, however long ago, in bulk, and under a plan or version named',
    roles: ['ingest', 'admin'],
  },
  changeCustomers: { to: 'put customers on plans', roles: ['admin'] },
  operate: {
    to: 'see how the server itself does: metrics, all of its health, and what its own work is stuck on',
    roles: ['admin'],
    ofEveryone: true,
  },
  changeWebhooks: {
    to: 'have the feed delivered to webhooks, and see what was delivered',
    roles: ['admin'],
    ofEveryone: true,
  },
  changePlans: { to: 'change plans and calendars', roles: ['admin'], ofEveryone: true },
} as const satisfies Readonly<Record<string, Granted>>;
export type Permission = keyof typeof permissions;

const granted: readonly (readonly [Permission, Granted])[] = Object.entries(permissions) as [Permission, Granted][];

/** What somebody may do who has some roles, for some customers. */
export function permissionsOf(held: readonly Role[], scope: Scope): ReadonlySet<Permission> {
  const theirs = granted.filter(
    ([, { roles: having, ofEveryone }]) =>
      having.some((role) => held.includes(role)) && (ofEveryone === undefined || scope === 'everyone'),
  );
  return new Set(theirs.map(([permission]) => permission));
}
