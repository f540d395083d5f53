import { type Instant } from '../../business-time/calendar.js';
import { type NewEvent } from '../../event-sourcing/event-store.js';

/** An import began, or went on after a stop; until it is finished nobody watches the deadlines of its tickets. */
export type ImportStarted = NewEvent<
  'ImportStarted',
  {
    readonly import: string;
    readonly source: string;
    readonly format: string;
    /** Tickets opened before it are recorded but not judged. */
    readonly judgedFrom: Instant | null;
  }
>;

export type ImportFinished = NewEvent<
  'ImportFinished',
  { readonly import: string; readonly rows: number; readonly recorded: number; readonly rejected: number }
>;

export const importStream = (id: string): string => `import-${id}`;
