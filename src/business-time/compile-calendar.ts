import {
  type BusinessMs,
  type Calendar,
  type CalendarDefinition,
  type Instant,
  InvalidCalendar,
  type Span,
  type Target,
} from './calendar.js';
import { compileHorizon, type Horizon } from './horizon.js';
import { parseDefinition, type ParsedCalendar } from './parse-definition.js';

const yearOf = (at: Instant) => new Date(at).getUTCFullYear();
const longestClosedYears = 10;
const longestTargetDays = 10_000;

/**
 * Compiles a definition, so that every question is a binary search over sorted instants. The years compiled grow with
 * what is asked.
 * @throws InvalidCalendar that names the field at fault; `NO_OPENING` when it is not open within ten years
 */
export function compileCalendar(definition: CalendarDefinition): Calendar {
  const parsed = parseDefinition(definition);
  const calendar = new CompiledCalendar(parsed);
  const hasWeekly = parsed.weekly.some((hours) => hours.length > 0);
  if (!hasWeekly && parsed.dates.size === 0) throw new InvalidCalendar('NO_OPENING', 'weekly', 'is never open.');
  return calendar;
}

class CompiledCalendar implements Calendar {
  readonly timeZone: string;
  private horizon: Horizon;

  constructor(private readonly parsed: ParsedCalendar) {
    this.timeZone = parsed.zone.name;
    this.horizon = compileHorizon(parsed, 2024, 2029);
  }

  /** The horizon, grown until it reaches some years around two instants. */
  private reach(from: Instant, to: Instant): Horizon {
    const { firstYear, lastYear, safeFrom, safeTo } = this.horizon;
    if (from < safeFrom || to > safeTo) {
      const [first, last] = [yearOf(from) - 1, yearOf(to) + 1];
      const span = lastYear - firstYear;
      this.horizon = compileHorizon(
        this.parsed,
        first < firstYear ? Math.min(first, firstYear - span) : firstYear,
        last > lastYear ? Math.max(last, lastYear + span) : lastYear,
      );
    }
    return this.horizon;
  }

  isOpen(at: Instant): boolean {
    const h = this.reach(at, at);
    const i = h.windowAt(at);
    return i >= 0 && at < h.closesAt(i);
  }

  nextOpening(at: Instant): Instant {
    return this.isOpen(at) ? at : this.seek(at, (h, i) => h.opensAt(i + 1));
  }

  nextClosing(at: Instant): Instant {
    return this.seek(at, (h, i) => (i >= 0 && at < h.closesAt(i) ? h.closesAt(i) : h.closesAt(i + 1)));
  }

  /** Looks from the window that starts at or before an instant, over a horizon that grows until there is an answer. */
  private seek(at: Instant, look: (horizon: Horizon, window: number) => Instant): Instant {
    const year = 366 * 86_400_000;
    for (let years = 1; years <= longestClosedYears + 1; years++) {
      const h = this.reach(at, at + years * year);
      const found = look(h, h.windowAt(at));
      if (Number.isFinite(found)) return found;
    }
    throw new InvalidCalendar('NO_OPENING', 'weekly', `is not open within ten years of ${new Date(at).toISOString()}.`);
  }

  add(from: Instant, amount: BusinessMs): Instant {
    if (amount === 0) return from;
    const year = 366 * 86_400_000;
    for (let years = 1; ; years *= 2) {
      if (years > 2000) throw new InvalidCalendar('NO_OPENING', 'weekly', 'is not open long enough for that.');
      const h = amount > 0 ? this.reach(from, from + years * year) : this.reach(from - years * year, from);
      const goal = h.openUntil(from) + amount;
      const found = amount > 0 ? h.firstAt(goal) : h.lastAt(goal);
      if (Number.isFinite(found)) return found;
    }
  }

  between(from: Instant, to: Instant): BusinessMs {
    const h = from < to ? this.reach(from, to) : this.reach(to, from);
    return h.openUntil(to) - h.openUntil(from);
  }

  dueAt(start: Instant, target: Target): Instant {
    const { amount, unit } = target;
    const days = { seconds: 1 / 86_400, minutes: 1 / 1440, hours: 1 / 24, businessDays: 1 }[unit] * amount;
    if (!(days > 0 && days <= longestTargetDays)) {
      throw new InvalidCalendar(
        'INVALID_TARGET',
        'target.amount',
        `must be above zero and at most ${longestTargetDays} days.`,
      );
    }
    switch (unit) {
      case 'seconds':
        return this.add(start, amount * 1000);
      case 'minutes':
        return this.add(start, amount * 60_000);
      case 'hours':
        return this.add(start, amount * 3_600_000);
      case 'businessDays':
        return this.businessDays(this.nextOpening(start), amount, target.rule ?? 'sameTime');
    }
  }

  private businessDays(start: Instant, amount: number, rule: 'sameTime' | 'endOfDay' | 'workingHours'): Instant {
    if (!Number.isInteger(amount)) {
      throw new InvalidCalendar('INVALID_TARGET', 'target.amount', 'business days are whole.');
    }
    if (rule === 'workingHours') return this.add(start, amount * this.parsed.nominalDayMs);
    const year = 366 * 86_400_000;
    for (let years = Math.ceil(amount / 200) + 1; ; years *= 2) {
      if (years > 4000) throw new InvalidCalendar('NO_OPENING', 'weekly', 'has too few business days.');
      const h = this.reach(start, start + years * year);
      const due = h.dayAfter(start, amount, rule);
      if (due !== undefined) return rule === 'sameTime' ? this.nextOpening(due) : due;
    }
  }

  *openSpans(from: Instant, to: Instant): Iterable<Span> {
    const h = this.reach(from, to);
    for (let i = Math.max(0, h.windowAt(from)); h.opensAt(i) < to; i++) {
      const span = { from: Math.max(from, h.opensAt(i)), to: Math.min(to, h.closesAt(i)) };
      if (span.from < span.to) yield span;
    }
  }
}
