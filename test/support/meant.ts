/**
 * Takes an error that a test means, by its code or its message, and throws every other: `answer.catch(meant('ASKER_GONE'))`.
 */
export const meant =
  (...wanted: readonly string[]) =>
  (error: unknown): undefined => {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    if (!wanted.some((one) => one === code || one === message)) throw error;
  };
