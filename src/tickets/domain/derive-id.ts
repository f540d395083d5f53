import { parse, v5 } from 'uuid';

/** Pledge's namespace for derived ids. */
const namespace = parse('6f1c9f7e-4b0a-5d53-9a58-0d2b3c8c1e11');

const utf8 = new TextEncoder();

/** A UUIDv5 of some parts: the same parts give the same id, wherever and whenever. */
export const deriveId = (...parts: readonly string[]): string => v5(utf8.encode(JSON.stringify(parts)), namespace);
