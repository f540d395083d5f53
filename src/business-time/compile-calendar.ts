import {
  type BusinessMs,
  type Calendar,
  type CalendarDefinition,
  type DayRule,
  type Instant,
  InvalidCalendar,
  type Span,
  type Target,
} from './calendar.js';
import { earliest, type Horizon, latest } from './horizon.js';
import { type Owned } from './open-counts.js';
import { Pages } from './pages.js';
import { dayMs, type DayNumber, parseDefinition, type ParsedCalendar } from './parse-definition.js';
import { expectTarget, unitMs } from './target.js';

const yearMs = 365.25 * dayMs;
const tenYearsMs = 10 * yearMs;

/**
 * Compiles a definition, so that every question is a look into sorted instants. What is laid out is what is asked about:
 * a question about a distant time costs little more than one about today.
 * @throws InvalidCalendar that names the field at fault; `NO_OPENING` when it is never open
 */
export function compileCalendar(definition: CalendarDefinition): CompiledCalendar {
  const parsed = parseDefinition(definition);
  if (lastOpenDate(parsed) === -Infinity) throw new InvalidCalendar('NO_OPENING', 'weekly', 'is never open.');
  return new CompiledCalendar(parsed);
}

/** After this date it never opens. */
function lastOpenDate({ weekly, dates, wholeHolidays }: ParsedCalendar): DayNumber {
  if (weekly.some((hours) => hours.length > 0)) return Infinity;
  return [...dates].reduce(
    (last, [day, hours]) => (hours.length > 0 && !wholeHolidays.has(day) ? Math.max(last, day) : last),
    -Infinity,
  );
}

/** Of pages; what lies beyond an answer is not counted far. */
const longestStep = 32;

export class CompiledCalendar implements Calendar {
  readonly timeZone: string;
  readonly holidaysKnownFrom: Instant | null;
  readonly holidaysKnownUntil: Instant | null;
  private readonly pages: Pages;

  constructor(private readonly parsed: ParsedCalendar) {
    this.timeZone = parsed.zone.name;
    const { firstKnownDay, lastKnownDay } = parsed;
    this.holidaysKnownFrom = firstKnownDay === null ? null : midnightOf(parsed, firstKnownDay);
    this.holidaysKnownUntil = lastKnownDay === null ? null : midnightOf(parsed, lastKnownDay + 1);
    this.pages = new Pages(parsed);
  }

  /** Spans laid out and dates counted so far: what its answers have cost. */
  get steps(): number {
    return this.pages.steps;
  }

  isOpen(at: Instant): boolean {
    return this.horizon(at).isOpen(at);
  }

  nextOpening(at: Instant): Instant {
    const found = this.openingAfter(at, at + tenYearsMs);
    if (found <= at + tenYearsMs) return found;
    throw notWithinTenYears('NO_OPENING', 'open', at);
  }

  nextClosing(at: Instant): Instant {
    const found = this.firstOnPage(at, at + tenYearsMs, (horizon, since) => horizon.nextClosing(since));
    if (found <= at + tenYearsMs) return found;
    throw notWithinTenYears('NO_CLOSING', 'close', at);
  }

  private openingAfter(at: Instant, until: Instant): Instant {
    return this.firstOnPage(at, until, (horizon, since) => horizon.nextOpening(since));
  }

  /** What is found on the first page that has it, looked for from an instant on; NaN where none up to another has. */
  private firstOnPage(at: Instant, until: Instant, look: (horizon: Horizon, since: Instant) => Instant): Instant {
    let found = look(this.horizon(at), at);
    // The page in use may be the one before that of the instant.
    for (let page = this.pages.numberOf(at); Number.isNaN(found); page++) {
      const since = Math.max(at, this.pages.startOf(page));
      if (since > until || since >= latest) break;
      found = look(this.pages.page(page), since);
    }
    return found;
  }

  add(from: Instant, amount: BusinessMs): Instant {
    if (amount === 0) return from;
    const horizon = this.horizon(from);
    const near = horizon.add(from, amount);
    if (!Number.isNaN(near)) return near;
    const goal = this.openBefore(horizon) + horizon.openUntil(from) + amount;
    const page = this.pages.page(
      amount > 0 ? this.pageThatPasses(from, ({ open }) => open >= goal) : this.pageThatHolds(from, goal),
    );
    const local = goal - this.openBefore(page);
    return this.expectFound(amount > 0 ? page.reached(local) : page.held(local));
  }

  between(from: Instant, to: Instant): BusinessMs {
    const [first, last] = [this.horizon(from), this.horizon(to)];
    if (last.covers(from)) return last.openUntil(to) - last.openUntil(from);
    if (first.covers(to)) return first.openUntil(to) - first.openUntil(from);
    return this.openBefore(last) + last.openUntil(to) - this.openBefore(first) - first.openUntil(from);
  }

  dueAt(start: Instant, target: Target): Instant {
    expectTarget(target);
    if (target.unit === 'businessDays') return this.daysAfter(start, target.amount, target.rule ?? 'sameTime');
    return this.add(start, Math.round(target.amount * unitMs[target.unit]));
  }

  private daysAfter(start: Instant, days: number, rule: DayRule): Instant {
    if (rule === 'workingHours') return this.add(start, days * this.parsed.nominalDayMs);
    const near = this.horizon(start).dayAfter(start, days, rule);
    return Number.isNaN(near) ? this.distantDay(start, days, rule) : near;
  }

  private distantDay(start: Instant, days: number, rule: 'sameTime' | 'endOfDay'): Instant {
    const from = this.expectFound(this.openingAfter(start, latest));
    const horizon = this.horizon(from);
    const owner = horizon.ownerAt(from);
    const date = horizon.dateOf(owner);
    const place = this.pages.ownedBeforeLaidOut(horizon).days + owner;
    for (let goal = place + days; ; goal++) {
      const page = this.pages.page(this.pageThatPasses(from, (owned) => owned.days > goal));
      const later = goal - this.pages.ownedBeforeLaidOut(page).days;
      const due = rule === 'sameTime' ? this.sameTime(from, date, page.dateOf(later)) : page.endOf(later);
      // A day whose hours lie within the night shift of the day before may end before that does.
      if (due > from) return this.expectFound(rule === 'sameTime' ? this.openingAfter(due, latest) : due);
    }
  }

  private sameTime(from: Instant, date: DayNumber, later: DayNumber): Instant {
    const { zone } = this.parsed;
    return zone.toInstant(zone.toLocal(from) + (later - date) * dayMs, 'first');
  }

  *openSpans(from: Instant, to: Instant): Iterable<Span> {
    for (const end of [from, to]) this.horizon(end); // refuses what is out of range before anything is said
    let open: Span | undefined;
    for (let since = from; since < to;) {
      const page = this.pages.numberOf(since);
      const until = Math.min(to, this.pages.startOf(page + 1));
      for (const span of this.pages.page(page).openSpans(since, until)) {
        if (open?.to === span.from) open = { from: open.from, to: span.to };
        else {
          if (open !== undefined) yield open;
          open = span;
        }
      }
      since = until;
    }
    if (open !== undefined) yield open;
  }

  private openBefore(horizon: Horizon): BusinessMs {
    return this.pages.ownedBeforeLaidOut(horizon).open;
  }

  /** The last page before which, and from an instant on, what dates own does not yet pass something; steps double. */
  private pageThatPasses(from: Instant, passes: (owned: Owned) => boolean): number {
    const last = this.pages.numberOf(Math.min(latest, (lastOpenDate(this.parsed) + 3) * dayMs)) + 1;
    let low = this.pages.numberOf(from) - 1;
    let step = 1;
    while (low + step < last && !passes(this.pages.ownedBefore(low + step))) {
      low += step;
      step = Math.min(2 * step, longestStep);
    }
    let high = Math.min(low + step, last);
    if (high <= low || !passes(this.pages.ownedBefore(high))) throw this.outOfReach();
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (passes(this.pages.ownedBefore(middle))) high = middle;
      else low = middle;
    }
    return high - 1;
  }

  /** The last page up to that of an instant before which dates own no more than so much. */
  private pageThatHolds(from: Instant, goal: BusinessMs): number {
    const first = this.pages.numberOf(earliest);
    let high = this.pages.numberOf(from) + 2;
    let step = 1;
    while (high - step > first && this.pages.ownedBefore(high - step).open > goal) {
      high -= step;
      step = Math.min(2 * step, longestStep);
    }
    let low = Math.max(high - step, first);
    if (this.pages.ownedBefore(low).open > goal) throw outOfRange();
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.pages.ownedBefore(middle).open > goal) high = middle;
      else low = middle;
    }
    return low;
  }

  private horizon(at: Instant): Horizon {
    if (!(at >= earliest && at < latest)) throw outOfRange();
    return this.pages.at(at);
  }

  private expectFound(at: Instant): Instant {
    if (Number.isNaN(at)) throw this.outOfReach();
    return at;
  }

  private outOfReach(): InvalidCalendar {
    if (lastOpenDate(this.parsed) === Infinity) return outOfRange();
    return new InvalidCalendar('NO_OPENING', 'weekly', 'does not open long enough for that.');
  }
}

const outOfRange = () => new InvalidCalendar('OUT_OF_RANGE', 'from', 'Time is counted from 1600 up to 2600.');

const notWithinTenYears = (code: string, what: string, at: Instant) =>
  new InvalidCalendar(code, 'weekly', `does not ${what} within ten years of ${new Date(at).toISOString()}.`);

/** When a date begins, where time is counted then. */
function midnightOf({ zone }: ParsedCalendar, day: DayNumber): Instant {
  const known = Math.max(earliest / dayMs, Math.min(day, latest / dayMs));
  zone.cover((known - 1) * dayMs, known * dayMs);
  return zone.toInstant(known * dayMs, 'first');
}
