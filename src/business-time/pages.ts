import { type Instant } from './calendar.js';
import { type Horizon, layOutHorizon } from './horizon.js';
import { OpenCounts, type Owned } from './open-counts.js';
import { dayMs, type DayNumber, type ParsedCalendar } from './parse-definition.js';

/** Days of a page where dates have one window; with more of them it is so much shorter. */
const usualDays = 4 * 365;
const fewestDays = 16;
/** How many pages of a calendar are kept. */
const mostPages = 16;

/**
 * A calendar laid out in pages of dates, made when they are asked for, of which a few are kept. What the dates between two
 * pages own is counted without laying them out, so that a question about a distant time costs little more than one about
 * today, and no more memory.
 */
export class Pages {
  readonly days: number;
  private readonly counts: OpenCounts;
  private readonly kept = new Map<number, Horizon>();
  /** The two pages that answered last: questions about this month often lie on two of them. */
  private latest: Horizon | undefined;
  private other: Horizon | undefined;
  private laidOut = 0;
  /** What the dates own from the first of page `origin` up to the first of each later page, and back to each earlier. */
  private origin: number | undefined;
  private readonly after: Owned[] = [{ open: 0, days: 0 }];
  private readonly before: Owned[] = [{ open: 0, days: 0 }];

  constructor(private readonly calendar: ParsedCalendar) {
    const most = calendar.weekly.reduce((windows, hours) => Math.max(windows, hours.length), 1);
    this.days = Math.max(fewestDays, Math.floor(usualDays / most));
    this.counts = new OpenCounts(calendar);
  }

  /** Spans laid out and dates counted so far: what the answers have cost. */
  get steps(): number {
    return this.laidOut + this.counts.steps;
  }

  numberOf(at: Instant): number {
    return Math.floor(at / (this.days * dayMs));
  }

  startOf(page: number): Instant {
    return page * this.days * dayMs;
  }

  /** A page on which an instant lies. */
  at(at: Instant): Horizon {
    const { latest, other } = this;
    if (latest?.covers(at) === true) return latest;
    this.other = latest;
    return (this.latest = other?.covers(at) === true ? other : this.page(this.numberOf(at)));
  }

  page(number: number): Horizon {
    let horizon = this.kept.get(number);
    if (horizon === undefined) {
      const first = number * this.days;
      horizon = layOutHorizon(this.calendar, first, first + this.days);
      this.laidOut += horizon.spans;
      const oldest = this.kept.keys().next();
      if (this.kept.size >= mostPages && !oldest.done) this.kept.delete(oldest.value);
    } else this.kept.delete(number);
    this.kept.set(number, horizon);
    return horizon;
  }

  /** What the dates before the first of a page own, counted from some date of this calendar's. */
  ownedBefore(page: number): Owned {
    const origin = (this.origin ??= page);
    const list = page >= origin ? this.after : this.before;
    const place = Math.abs(page - origin);
    while (list.length <= place) {
      const last = list.at(-1) ?? { open: 0, days: 0 };
      if (page >= origin) {
        const owned = this.ofPage(origin + list.length - 1);
        list.push({ open: last.open + owned.open, days: last.days + owned.days });
      } else {
        const owned = this.ofPage(origin - list.length);
        list.push({ open: last.open - owned.open, days: last.days - owned.days });
      }
    }
    return list[place] ?? { open: NaN, days: NaN };
  }

  /** What the dates before the first date laid out on a page own, counted likewise. */
  ownedBeforeLaidOut({ first, firstLaidOut }: Horizon): Owned {
    const { open, days } = this.ownedBefore(first / this.days);
    const between = this.counts.between(firstLaidOut, first);
    return { open: open - between.open, days: days - between.days };
  }

  private ofPage(page: number): Owned {
    const first: DayNumber = page * this.days;
    return this.counts.between(first, first + this.days);
  }
}
