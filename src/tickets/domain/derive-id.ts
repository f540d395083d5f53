import { v5 } from 'uuid';

/** Pledge's namespace for derived ids. */
const namespace = '6f1c9f7e-4b0a-5d53-9a58-0d2b3c8c1e11';

/** A UUIDv5 of some parts: the same parts give the same id, wherever and whenever. */
export const deriveId = (...parts: readonly string[]): string => v5(JSON.stringify(parts), namespace);
