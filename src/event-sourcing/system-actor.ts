import { type Actor } from './event-store.js';

/** Pledge itself, where nobody else did it. */
export const pledge: Actor = { id: 'pledge', kind: 'system' };
