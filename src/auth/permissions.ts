import { type Scope } from './scope.js';

/** Who there is. */
export const roles = {
  agent: 'works on tickets',
  dashboard: 'shows how promises are kept, and what to do next',
  auditor: 'reads everything, including history, and changes nothing',
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
    to: 'read tickets, the work queue and breaches, and receive the live feed',
    roles: ['agent', 'dashboard', 'auditor', 'admin'],
  },
  readReports: { to: 'read how promises were kept', roles: ['agent', 'dashboard', 'auditor', 'admin'] },
  readHistory: {
    to: 'read the history of tickets, plans, calendars, customers and words: who recorded what, and when',
    roles: ['agent', 'auditor', 'admin'],
  },
  readCatalogue: {
    to: 'read plans, calendars, customers and words of the desk, and ask when something is due',
    roles: ['agent', 'dashboard', 'auditor', 'ingest', 'admin'],
  },
  changeTickets: { to: 'open and change tickets', roles: ['agent', 'ingest', 'admin'] },
  report: {
    to: 'report events of other people, of any age, in bulk, and under a given plan or version',
    roles: ['ingest', 'admin'],
  },
  changeCustomers: { to: 'put customers on plans, and have their answered clocks judged again', roles: ['admin'] },
  operate: {
    to: 'see the state of the server: metrics, full health, and failing background work',
    roles: ['admin'],
    ofEveryone: true,
  },
  changeWebhooks: {
    to: 'set up webhooks, and see their deliveries',
    roles: ['admin'],
    ofEveryone: true,
  },
  changePlans: { to: 'change plans, calendars and words of the desk', roles: ['admin'], ofEveryone: true },
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
