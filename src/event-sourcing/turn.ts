/** Lets others have the event loop before work that is long goes on. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
