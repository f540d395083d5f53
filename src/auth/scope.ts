import { Rejection } from '../event-sourcing/rejection.js';

/** Whose tickets somebody may see and change: every customer's, or those of some. */
export type Scope = 'everyone' | ReadonlySet<string>;

export const sees = (scope: Scope, customer: string): boolean => scope === 'everyone' || scope.has(customer);

/** @throws Rejection `FORBIDDEN` where somebody would write for a customer of others */
export function expectOwnCustomer(scope: Scope, customer: string): void {
  if (!sees(scope, customer))
    throw new Rejection('FORBIDDEN', `The customer ${customer} is not one of the customers that you may write for.`);
}
