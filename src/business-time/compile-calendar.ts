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
import { type Horizon, layOutHorizon } from './horizon.js';
import { dayMs, type DayNumber, parseDefinition, type ParsedCalendar } from './parse-definition.js';
import { expectTarget, unitMs } from './target.js';

const yearMs = 365.25 * dayMs;
const tenYearsMs = 10 * yearMs;
/** The years laid out at the first question, about its instant. */
const [yearsBefore, yearsAfter] = [1, 4];
/** A thousand years are enough for any deadline, and few enough to hold. */
const earliest = Date.UTC(1600, 0, 1);
const latest = Date.UTC(2600, 0, 1);

/**
 * Compiles a definition, so that every question is a look into sorted instants. The years laid out grow with what is
 * asked.
 * @throws InvalidCalendar that names the field at fault; `NO_OPENING` when it is never open
 */
export function compileCalendar(definition: CalendarDefinition): Calendar {
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

class CompiledCalendar implements Calendar {
  readonly timeZone: string;
  readonly holidaysKnownUntil: Instant | null;
  private laidOut: Horizon | undefined;

  constructor(private readonly parsed: ParsedCalendar) {
    this.timeZone = parsed.zone.name;
    this.holidaysKnownUntil = knownUntil(parsed);
  }

  isOpen(at: Instant): boolean {
    return this.horizon(at).isOpen(at);
  }

  nextOpening(at: Instant): Instant {
    return this.withinTenYears(at, 'NO_OPENING', 'open', (horizon) => horizon.nextOpening(at));
  }

  nextClosing(at: Instant): Instant {
    return this.withinTenYears(at, 'NO_CLOSING', 'close', (horizon) => horizon.nextClosing(at));
  }

  private withinTenYears(at: Instant, code: string, what: string, look: (horizon: Horizon) => Instant): Instant {
    let horizon = this.horizon(at);
    let found = look(horizon);
    while (Number.isNaN(found) && horizon.until < at + tenYearsMs) {
      horizon = this.later(horizon);
      found = look(horizon);
    }
    if (found <= at + tenYearsMs) return found;
    throw new InvalidCalendar(code, 'weekly', `does not ${what} within ten years of ${new Date(at).toISOString()}.`);
  }

  add(from: Instant, amount: BusinessMs): Instant {
    if (amount === 0) return from;
    let horizon = this.horizon(from);
    let found = horizon.add(from, amount);
    while (Number.isNaN(found)) {
      horizon = amount > 0 ? this.later(horizon) : this.earlier(horizon);
      found = horizon.add(from, amount);
    }
    return found;
  }

  between(from: Instant, to: Instant): BusinessMs {
    this.horizon(from);
    const horizon = this.horizon(to);
    return horizon.openUntil(to) - horizon.openUntil(from);
  }

  dueAt(start: Instant, target: Target): Instant {
    expectTarget(target);
    if (target.unit === 'businessDays') return this.daysAfter(start, target.amount, target.rule ?? 'sameTime');
    return this.add(start, Math.round(target.amount * unitMs[target.unit]));
  }

  private daysAfter(start: Instant, days: number, rule: DayRule): Instant {
    if (rule === 'workingHours') return this.add(start, days * this.parsed.nominalDayMs);
    let horizon = this.horizon(start);
    let due = horizon.dayAfter(start, days, rule);
    while (Number.isNaN(due)) {
      horizon = this.later(horizon);
      due = horizon.dayAfter(start, days, rule);
    }
    return due;
  }

  *openSpans(from: Instant, to: Instant): Iterable<Span> {
    this.horizon(from);
    const horizon = this.horizon(to);
    let i = Math.max(0, horizon.spanAt(from));
    while (horizon.opensAt(i) < to) {
      const opens = horizon.opensAt(i);
      while (horizon.closesAt(i) === horizon.opensAt(i + 1)) i += 1;
      const span = { from: Math.max(from, opens), to: Math.min(to, horizon.closesAt(i)) };
      if (span.from < span.to) yield span;
      i += 1;
    }
  }

  /** What is laid out, grown to hold an instant. */
  private horizon(at: Instant): Horizon {
    const { laidOut } = this;
    if (laidOut?.covers(at) === true) return laidOut;
    if (!(at >= earliest && at < latest)) throw outOfRange();
    return this.layOut(
      Math.min(laidOut?.since ?? Infinity, at - yearsBefore * yearMs),
      Math.max(laidOut?.until ?? -Infinity, at + yearsAfter * yearMs),
    );
  }

  private later({ since, until }: Horizon): Horizon {
    if (until > (lastOpenDate(this.parsed) + 3) * dayMs) {
      throw new InvalidCalendar('NO_OPENING', 'weekly', 'does not open long enough for that.');
    }
    if (until >= latest) throw outOfRange();
    return this.layOut(since, 2 * until - since);
  }

  private earlier({ since, until }: Horizon): Horizon {
    if (since <= earliest) throw outOfRange();
    return this.layOut(2 * since - until, until);
  }

  private layOut(from: Instant, to: Instant): Horizon {
    const first = Math.floor(Math.max(from, earliest) / dayMs);
    const end = Math.ceil(Math.min(to, latest) / dayMs);
    return (this.laidOut = layOutHorizon(this.parsed, first, end));
  }
}

const outOfRange = () => new InvalidCalendar('OUT_OF_RANGE', 'from', 'Time is counted from 1600 up to 2600.');

function knownUntil({ zone, lastKnownDay }: ParsedCalendar): Instant | null {
  if (lastKnownDay === null) return null;
  zone.cover(lastKnownDay * dayMs, (lastKnownDay + 1) * dayMs);
  return zone.toInstant((lastKnownDay + 1) * dayMs, 'first');
}
