/** What modules inject: ports, which `app.module.ts` alone binds to adapters. */
export const EVENT_STORE = Symbol('EventStore');
export const TIME_SOURCE = Symbol('TimeSource');
export const SETTINGS = Symbol('Settings');
export const CATALOGUE = Symbol('Catalogue');
export const HOLIDAYS = Symbol('Holidays');
export const READERS = Symbol('Readers');
export const READS = Symbol('Reads');
export const PROJECTIONS = Symbol('Projections');
export const FIRST_BUILD = Symbol('FirstBuild');
export const PLEDGE_CONTEXT = Symbol('PledgeContext');
export const TICKETS = Symbol('Tickets');
export const WEBHOOKS = Symbol('Webhooks');
export const AUTHENTICATOR = Symbol('Authenticator');
export const LEASES = Symbol('Leases');
export const REQUEST_LIMITS = Symbol('RequestLimits');
