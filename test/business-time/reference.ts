import { DateTime } from 'luxon';
import { type CalendarDefinition, weekdays, type Window } from '../../src/business-time/calendar.js';

const minute = 60_000;

type Span = readonly [from: number, to: number];

/** The open spans that a date owns, by the definition alone: slow, obvious, and nothing in common with the engine. */
const spansOf = (definition: CalendarDefinition, midnight: DateTime): readonly Span[] =>
  windowsOf(definition, midnight).map(([opens, closes]) => [
    instant(midnight, opens, 'first'),
    instant(closes <= opens ? midnight.plus({ days: 1 }) : midnight, closes, 'last'),
  ]);

const windowsOf = ({ weekly, dates = {}, holidays = [] }: CalendarDefinition, date: DateTime): readonly Window[] => {
  const name = date.toFormat('yyyy-MM-dd');
  if (holidays.includes(name)) return [];
  return dates[name] ?? weekly[weekdays[date.weekday - 1] ?? 'mon'] ?? [];
};

/** The instant of a local time: of one that occurs twice the pass asked for, of one that does not the next that does. */
function instant(date: DateTime, time: string, pass: 'first' | 'last'): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const wanted = date.toFormat('yyyy-MM-dd');
  const day = hours === 24 ? date.plus({ days: 1 }) : date;
  const [h, label] = hours === 24 ? [0, day.toFormat('yyyy-MM-dd')] : [hours, wanted];
  const about = DateTime.fromObject(
    { year: day.year, month: day.month, day: day.day, hour: h, minute: minutes },
    { zone: date.zone },
  );
  const hits: number[] = [];
  let after: number | undefined;
  for (let at = about.toMillis() - 180 * minute; at <= about.toMillis() + 180 * minute; at += minute) {
    const local = DateTime.fromMillis(at, { zone: date.zone });
    const text = local.toFormat('yyyy-MM-dd HH:mm');
    const sought = `${label} ${String(h).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
    if (text === sought) hits.push(at);
    else if (text > sought) after ??= at;
  }
  return (pass === 'first' ? hits[0] : hits.at(-1)) ?? after ?? about.toMillis();
}

/** Open minutes between two instants on whole minutes, one by one. */
export class MinuteWalk {
  private readonly dates = new Map<string, readonly Span[]>();

  constructor(private readonly definition: CalendarDefinition) {}

  /** A window belongs to the date it starts on, so yesterday's may still be open. */
  private isOpen(at: number): boolean {
    const today = DateTime.fromMillis(at, { zone: this.definition.timeZone }).startOf('day');
    return [today, today.minus({ days: 1 })].some((date) =>
      this.spans(date).some(([from, to]) => at >= from && at < to),
    );
  }

  private spans(date: DateTime): readonly Span[] {
    const key = date.toFormat('yyyy-MM-dd');
    let spans = this.dates.get(key);
    if (spans === undefined) this.dates.set(key, (spans = spansOf(this.definition, date)));
    return spans;
  }

  between(from: number, to: number): number {
    let open = 0;
    for (let at = from; at < to; at += minute) if (this.isOpen(at)) open += minute;
    return open;
  }
}
