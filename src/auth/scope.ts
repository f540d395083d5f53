/** Whose tickets somebody may see and change: every customer's, or those of some. */
export type Scope = 'everyone' | ReadonlySet<string>;

export const sees = (scope: Scope, customer: string): boolean => scope === 'everyone' || scope.has(customer);
