/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** Milliseconds of open time in some calendar. */
export type BusinessMs = number;

/** A stretch of real time, `[from, to)`. */
export interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** `YYYY-MM-DD` in the calendar's zone. */
export type LocalDate = string;

/** Opening and closing local time, `HH:MM` or `HH:MM:SS`; an end before its start crosses midnight; `24:00` is an end. */
export type Window = readonly [opens: string, closes: string];

/** A whole day off, or with hours the part of its date that is closed. */
export type Holiday = LocalDate | { readonly date: LocalDate; readonly hours?: Window; readonly name?: string };

/** When a support desk is open, as people define it. */
export interface CalendarDefinition {
  /** IANA name. */
  readonly timeZone: string;
  readonly weekly: Readonly<Partial<Record<Weekday, readonly Window[]>>>;
  readonly holidays?: readonly Holiday[];
  /** Hours of single dates; they replace the weekly ones (an empty list closes the day). */
  readonly dates?: Readonly<Record<LocalDate, readonly Window[]>>;
  /** The first date whose holidays are known; by default the start of the year of the first one given. */
  readonly holidaysKnownFrom?: LocalDate;
  /** The last date whose holidays are known; by default the end of the year of the last one given. */
  readonly holidaysKnownUntil?: LocalDate;
  /** The length of "a day" for targets of the rule `workingHours`. Default 480. */
  readonly nominalDayMinutes?: number;
}

export type DayRule = 'sameTime' | 'endOfDay' | 'workingHours';

/** How long a promise allows: business time, or business days by a rule (default `sameTime`). */
export type Target =
  | { readonly amount: number; readonly unit: 'seconds' | 'minutes' | 'hours' }
  | { readonly amount: number; readonly unit: 'businessDays'; readonly rule?: DayRule };

/** A definition compiled: every question about open time, to the millisecond. */
export interface Calendar {
  readonly timeZone: string;
  /** Before here nobody has said what days are off; null where the calendar has no holidays at all. */
  readonly holidaysKnownFrom: Instant | null;
  /** From here on nobody has said what days are off; null where the calendar has no holidays at all. */
  readonly holidaysKnownUntil: Instant | null;
  isOpen(at: Instant): boolean;
  /**
   * `at` where it is open, else the first open instant after it.
   * @throws InvalidCalendar `NO_OPENING` when it does not open within ten years
   */
  nextOpening(at: Instant): Instant;
  /**
   * The first closing instant after `at`: open just before it, closed at it. Windows that touch are one.
   * @throws InvalidCalendar `NO_CLOSING` when it does not close within ten years
   */
  nextClosing(at: Instant): Instant;
  /**
   * The earliest instant at which `amount` of open time has gone by since `from`; the latest before it for a negative
   * amount. A span that ends exactly at closing time ends at the closing instant. Zero: `from` itself.
   */
  add(from: Instant, amount: BusinessMs): Instant;
  /** Open time between two instants; negative when `to` is before `from`. */
  between(from: Instant, to: Instant): BusinessMs;
  /** The deadline of a target that starts at `start`, without pauses. */
  dueAt(start: Instant, target: Target): Instant;
  /** The open spans between two instants, clipped to them; those that touch are one. */
  openSpans(from: Instant, to: Instant): Iterable<Span>;
}

/** A calendar or target that makes no sense; `field` is the path of what is wrong, as in `weekly.mon[0]`. */
export class InvalidCalendar extends Error {
  override readonly name = 'InvalidCalendar';

  constructor(
    readonly code: string,
    readonly field: string,
    message: string,
  ) {
    super(message);
  }
}
