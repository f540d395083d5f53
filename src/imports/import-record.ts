import { type Instant } from '../business-time/calendar.js';
import { type CalendarSource } from '../business-time/holiday-sources.js';
import { type WordList } from '../catalogue/domain/words.js';
import { type Report } from '../tickets/domain/read-event.js';

/** One thing that a log says. */
export type ImportRecord =
  | { readonly kind: 'calendar'; readonly code: string; readonly name: string; readonly definition: CalendarSource }
  | {
      readonly kind: 'word';
      readonly list: WordList;
      readonly code: string;
      /** As the code, if it is left out. */
      readonly name?: string;
      readonly rank?: number;
    }
  | {
      readonly kind: 'customer';
      readonly customer: string;
      readonly name: string | null;
      readonly plan: string;
      /** The customer's own calendar, in place of the plan's. */
      readonly calendar: string | null;
      /** From when on; null: from the beginning of time, so that the openings of old tickets find it. */
      readonly effectiveFrom: Instant | null;
    }
  | FactRecord;

/** What a log says of a ticket, by the name that the ticket has there: Pledge's id derives from that and the source, where nothing else is said. */
export interface FactRecord extends Omit<
  Report<'ticket' | 'occurredAt' | 'actor'>,
  'idempotencyKey' | 'ofSource' | 'ofExternalId' | 'ofReference'
> {
  readonly kind: 'fact';
  /** Set where the log names it by Pledge's id, by another source and the id there, or by what people call it. */
  readonly named?: { readonly id: string } | { readonly reference: string };
}

/** So much of a row is kept for whoever mends it, in characters: more than a fact may have. */
export const longestRaw = 100_000;

/**
 * A row as read: a record, why it is none, or that it says nothing. Lines count from 1; on line 0 is what the format brings
 * itself. `raw` is the row as it stands in the log, up to {@link longestRaw}: mended, it goes in by the same format.
 */
export type ImportRow = {
  readonly line: number;
  /** Said where there are several. */
  readonly file?: string;
} & (
  | object
  /** The first row of a ticket that goes before the one above it. */
  | { readonly turnsBack: true }
  /** A reopening without a resolving before it: the ticket is taken as resolved in silence at that instant. */
  | { readonly implied: 'resolving' }
  | { readonly record: ImportRecord; readonly raw: string }
  | {
      readonly rejected: { readonly code: string; readonly message: string; readonly raw: string };
      /** The ticket that it was to open, where it was; other rows of that ticket are refused with it. */
      readonly unopened?: { readonly ticket: string; readonly by: 'opening' | 'split' };
      /** The cell that the mapping does not know, where that is why. */
      readonly unmapped?: { readonly column: string; readonly cell: string };
    }
);

/** How one kind of log is read; one small module each. */
export interface ImportFormat {
  readonly name: string;
  readonly summary: string;
  /** The rows of a log, in its order, one at a time. A row may say several things, or none. */
  read(bytes: AsyncIterable<Buffer>): AsyncIterable<ImportRow>;
}
