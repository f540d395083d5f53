/** What a customer's id must be, to be told after the name of a field. */
export const customerIdRule = 'must be 1 to 200 characters without control characters';

/**
 * A customer's id as it is kept: any text of 1 to 200 characters, outer blanks cut, for names of companies are ids. Undefined
 * where it is none.
 */
export function customerIdOf(text: string): string | undefined {
  const id = text.trim();
  return /^[^\p{Cc}\p{Cs}]{1,200}$/u.test(id) ? id : undefined;
}
