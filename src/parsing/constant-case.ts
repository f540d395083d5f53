/** `firstResponse` and `FirstResponse` read FIRST_RESPONSE. */
export const constantCase = (value: string): string => value.replace(/(?!^)([A-Z])/g, '_$1').toUpperCase();
