import { DateTime } from 'luxon';
import {
  type CalendarDefinition,
  type Instant,
  type Span,
  type Target,
  weekdays,
} from '../../src/business-time/calendar.js';

/** An open span, and the date that owns it, as the number of days since the first. */
interface OpenSpan extends Span {
  readonly day: number;
}

const unitMs = { seconds: 1_000, minutes: 60_000, hours: 3_600_000 } as const;

/**
 * Opening hours as a plain list of open spans, found again by walking it from the start for every question. It knows the
 * calendars of the model's own scripts and no others: windows that do not overlap, and edges outside changes of clocks.
 */
export class Hours {
  private readonly spans: readonly OpenSpan[];
  private readonly midnights: readonly DateTime[];

  constructor(
    private readonly definition: CalendarDefinition,
    from: Instant,
    days: number,
  ) {
    const first = DateTime.fromMillis(from, { zone: definition.timeZone }).startOf('day');
    this.midnights = Array.from({ length: days }, (_, day) => first.plus({ days: day }));
    const windows = this.midnights.flatMap((midnight, day) => this.windowsOf(midnight, day));
    this.spans = windows.filter(({ from, to }) => from < to);
  }

  private windowsOf(midnight: DateTime, day: number): OpenSpan[] {
    const { weekly, holidays = [], dates = {} } = this.definition;
    const date = midnight.toFormat('yyyy-MM-dd');
    if (holidays.includes(date)) return [];
    return (dates[date] ?? weekly[weekdays[midnight.weekday - 1] ?? 'mon'] ?? []).map(([opens, closes]) => {
      const crosses = closes <= opens;
      const end = crosses ? midnight.plus({ days: 1 }) : midnight;
      return { day, from: shown(midnight, opens), to: shown(end, closes) };
    });
  }

  /** Open time between two instants. */
  between(from: Instant, to: Instant): number {
    let open = 0;
    for (const span of this.spans) open += Math.max(0, Math.min(to, span.to) - Math.max(from, span.from));
    return open;
  }

  /** The first instant at which so much open time has gone by. */
  add(from: Instant, amount: number): Instant {
    if (amount === 0) return from;
    let left = amount;
    for (const span of this.spans) {
      const open = span.to - Math.max(from, span.from);
      if (open <= 0) continue;
      if (left <= open) return Math.max(from, span.from) + left;
      left -= open;
    }
    throw new Error("the model's calendar is too short");
  }

  nextOpening(from: Instant): Instant {
    return Math.max(from, this.spanAt(from).from);
  }

  /** The span that holds an instant, or else the next. */
  private spanAt(at: Instant): OpenSpan {
    const span = this.spans.find(({ to }) => at < to);
    if (span === undefined) throw new Error("the model's calendar is too short");
    return span;
  }

  /** The deadline of a target, without pauses. */
  dueAt(start: Instant, target: Target): Instant {
    if (target.unit !== 'businessDays') return this.add(start, target.amount * unitMs[target.unit]);
    const { amount, rule = 'sameTime' } = target;
    const from = this.nextOpening(start);
    if (rule === 'workingHours')
      return this.add(from, amount * (this.definition.nominalDayMinutes ?? 480) * unitMs.minutes);
    const { day } = this.spanAt(from);
    const later = [...new Set(this.spans.map((span) => span.day).filter((other) => other > day))];
    const reached = later[amount - 1] ?? NaN;
    if (rule === 'endOfDay') return Math.max(...this.spans.filter((span) => span.day === reached).map(({ to }) => to));
    const midnight = (of: number) => this.midnights[of] ?? DateTime.invalid('beyond the calendar');
    const sinceMidnight =
      clockOf(DateTime.fromMillis(from, { zone: this.definition.timeZone })) - clockOf(midnight(day));
    return this.nextOpening(shown(midnight(reached), sinceMidnight));
  }

  monthOf(at: Instant): string {
    return DateTime.fromMillis(at, { zone: this.definition.timeZone }).toFormat('yyyy-MM');
  }
}

/** What the wall clock shows, as if it were UTC. */
const clockOf = (time: DateTime): number => time.toMillis() + time.offset * unitMs.minutes;

/** When the wall clock shows a time of a date; of an hour that is skipped, its end. */
function shown(midnight: DateTime, time: string | number): Instant {
  const [hours = 0, minutes = 0] = typeof time === 'string' ? time.split(':').map(Number) : [];
  const wanted =
    clockOf(midnight) + (typeof time === 'number' ? time : hours * unitMs.hours + minutes * unitMs.minutes);
  const { year, month, day, hour, minute, second, millisecond } = DateTime.fromMillis(wanted, { zone: 'utc' });
  const at = DateTime.fromObject({ year, month, day, hour, minute, second, millisecond }, { zone: midnight.zone });
  return clockOf(at) === wanted ? at.toMillis() : at.startOf('hour').toMillis();
}
