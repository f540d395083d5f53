import { type JWTPayload } from 'jose';
import { type TokenSettings } from '../config/identity-settings.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { customerIdOf } from '../parsing/customer-id.js';
import { type Identity } from './identity.js';
import { isRole, permissionsOf, type Role } from './permissions.js';
import { type Scope } from './scope.js';

const invalid = (why: string) => new Rejection('UNAUTHENTICATED', `The token is not valid: ${why}.`);

/** A claim by its name, or by the path to it, as in `realm_access.roles`. */
function claim(payload: JWTPayload, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name];
  return name.split('.').reduce<unknown>((within, part) => {
    const isThere = typeof within === 'object' && within !== null && Object.hasOwn(within, part);
    return isThere ? (within as Record<string, unknown>)[part] : undefined;
  }, payload);
}

/** Names in a claim: a list, or words with spaces between. @throws Rejection `UNAUTHENTICATED` where it is neither */
function names(value: unknown, path: string): readonly string[] {
  if (typeof value === 'string') return value.split(' ').filter((word) => word !== '');
  if (Array.isArray(value) && value.every((name) => typeof name === 'string')) return value;
  throw invalid(`its claim ${path} must be a list of names or a text`);
}

/** Customers in a claim: a list, or one by itself, for ids may have blanks. @throws Rejection `UNAUTHENTICATED` where one is none */
function customerIds(value: unknown, path: string): readonly string[] {
  const said = typeof value === 'string' ? [value] : value;
  const ids = Array.isArray(said)
    ? said.map((id) => (typeof id === 'string' ? customerIdOf(id) : undefined))
    : [undefined];
  if (ids.every((id) => id !== undefined)) return ids;
  throw invalid(`its claim ${path} must be the id of a customer, or a list of such ids`);
}

/**
 * Who a verified token is of. A token without the claim of customers is for all of them; one whose claim makes no sense is
 * refused rather than read as that. Roles that are not ours are no matter of ours.
 * @throws Rejection `UNAUTHENTICATED`
 */
export function identityIn(payload: JWTPayload, settings: TokenSettings): Pick<Identity, 'actor' | 'may' | 'scope'> {
  const id = claim(payload, settings.actorClaim);
  if (typeof id !== 'string' || !/^[^\p{C}]{1,200}$/u.test(id))
    throw invalid(`its claim ${settings.actorClaim} is missing or empty`);
  const held = names(claim(payload, settings.rolesClaim) ?? [], settings.rolesClaim).filter(isRole) satisfies Role[];
  const customers = claim(payload, settings.customersClaim);
  const scope: Scope = customers === undefined ? 'everyone' : new Set(customerIds(customers, settings.customersClaim));
  return { actor: { id, kind: isProgram(payload) ? 'automatic' : 'person' }, may: permissionsOf(held, scope), scope };
}

/** Tokens that no person asked for name the program as their subject (RFC 9068, 2.2). */
const isProgram = ({ sub, client_id: client, azp }: JWTPayload) => sub !== undefined && (sub === client || sub === azp);
