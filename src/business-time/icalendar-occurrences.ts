import { dayMs } from './parse-definition.js';
import { type FileEvent, type FileRule, type FileTime } from './read-icalendar.js';
import { recurringDays, type Spend } from './recurrence.js';
import { type Years } from './years.js';
import { localIn, midnightOf } from './wall-clock.js';
import { type LocalMs } from './zone.js';

/** In a file. An event that recurs each second is no holiday. */
const mostOccurrences = 10_000;
const mostRecurring = 200;
/** Days that are looked at for the rules of a file: a second's worth. */
const mostDaysLookedAt = 3_000_000;
/** To ask for a time in another zone takes as long as to look at so many days. */
const daysOfAConversion = 50;
/** A rule that does not come round within so many days never does. */
const longestWaitDays = 36_525;
/** An event longer than this is no holiday. */
export const longestEventDays = 366;

/** An occurrence of an event, on the wall clock of a zone. */
export interface Occurrence {
  readonly start: LocalMs;
  readonly zone: string;
  readonly event: FileEvent;
}

/**
 * What happens by the events of a file: of those that recur what is about some years, of single ones all. What is cancelled
 * is left out. The work is counted, so that no rule keeps anybody waiting.
 * @throws Error for more than a file of holidays has
 */
export function occurrencesOf(events: readonly FileEvent[], timeZone: string, years: Years): readonly Occurrence[] {
  const masters = events.filter(({ standsFor }) => standsFor === undefined);
  const recurring = masters.filter(doesRecur).length;
  if (recurring > mostRecurring) throw new Error(`${recurring} events recur, and ${mostRecurring} may.`);
  const instead = standIns(events);
  const spend = budget();
  const found: Occurrence[] = [];
  let recurred = 0;
  for (const event of masters) {
    const zone = event.start.zone ?? timeZone;
    const replaced = instead(event.uid, zone, spend);
    for (const start of startsOf(event, zone, years, spend)) {
      if (doesRecur(event)) recurred += 1;
      if (recurred > mostOccurrences) throw new Error(`events recur more than ${mostOccurrences} times.`);
      const one = replaced(start) ?? { start, zone, event };
      if (!one.event.isCancelled) found.push(one);
    }
  }
  return found;
}

const doesRecur = ({ rules, moreStarts }: FileEvent) => rules.length + moreStarts.length > 0;

function budget(): Spend {
  let left = mostDaysLookedAt;
  return (days) => {
    left -= days;
    if (left < 0) throw new Error('its rules take too long to follow.');
  };
}

/** When an event starts, less its exceptions. What does not recur starts once. */
function startsOf(event: FileEvent, zone: string, years: Years, spend: Spend): ReadonlySet<LocalMs> {
  const { start, rules, moreStarts, exceptions } = event;
  const starts = new Set<LocalMs>();
  if (rules.length === 0) starts.add(start.local);
  for (const rule of rules) for (const at of startsByRule(event, rule, zone, years, spend)) starts.add(at);
  for (const more of moreStarts) starts.add(localIn(zone, more, start.isDate));
  const isOff = exceptions.filter(({ isDate }) => isDate && !start.isDate).map(({ local }) => local);
  const daysOff = new Set(isOff);
  const off = new Set(exceptions.map((exception) => localIn(zone, exception, start.isDate)));
  return new Set([...starts].filter((at) => !off.has(at) && !daysOff.has(midnightOf(at))));
}

function* startsByRule({ start, summary }: FileEvent, rule: FileRule, zone: string, years: Years, spend: Spend) {
  const first = Math.floor(start.local / dayMs);
  const time = start.local - first * dayMs;
  expectRound(rule, first, summary, spend);
  const until = rule.until === undefined ? Infinity : lastStart(rule.until, zone, start.isDate);
  const span = [
    Date.UTC(years.first, 0, 1) / dayMs - longestEventDays - 1,
    Date.UTC(years.last + 1, 0, 1) / dayMs,
  ] as const;
  for (const day of recurringDays(rule, first, span, spend)) {
    if (day * dayMs + time > until) return;
    yield day * dayMs + time;
  }
}

/** A date that does not exist, as 30 February, is left out; any other rule that never comes round is a mistake. */
function expectRound(rule: FileRule, first: number, summary: string, spend: Spend): void {
  const isByDate = rule.frequency === 'YEARLY' || rule.frequency === 'MONTHLY';
  if (isByDate && rule.monthDays.length + rule.yearDays.length > 0) return;
  const forEver = { ...rule, count: undefined };
  const { done } = recurringDays(forEver, first, [first, first + longestWaitDays], spend).next();
  if (done === true) throw new Error(`"${summary}" has a recurrence rule that never occurs.`);
}

const lastStart = (until: FileTime, zone: string, isDate: boolean): LocalMs =>
  until.isDate ? until.local + dayMs - 1 : localIn(zone, until, isDate);

/** What stands in for an occurrence of an event, by its start; undefined where nothing does. */
type StandIns = (uid: string, zone: string, spend: Spend) => (start: LocalMs) => Occurrence | undefined;

function standIns(events: readonly FileEvent[]): StandIns {
  const byUid = new Map<string, FileEvent[]>();
  for (const event of events) {
    if (event.standsFor === undefined) continue;
    const others = byUid.get(event.uid);
    if (others === undefined) byUid.set(event.uid, [event]);
    else others.push(event);
  }
  const known = new Map<string, (start: LocalMs) => Occurrence | undefined>();
  return (uid, zone, spend) => {
    const key = `${zone} ${uid}`;
    const own = byUid.get(uid) ?? [];
    let find = known.get(key);
    if (find === undefined) {
      spend(own.length * daysOfAConversion);
      known.set(key, (find = standingIn(own, zone)));
    }
    return find;
  };
}

function standingIn(events: readonly FileEvent[], zone: string): (start: LocalMs) => Occurrence | undefined {
  const placed = events.flatMap((event) => {
    const { standsFor } = event;
    if (standsFor === undefined) return [];
    return [{ event, for: localIn(zone, standsFor.at, event.start.isDate), andLater: standsFor.andLater }];
  });
  const exact = new Map(placed.map((one) => [one.for, one]));
  const later = placed.filter(({ andLater }) => andLater).sort((a, b) => a.for - b.for);
  return (start) => {
    const one = exact.get(start) ?? later.findLast((other) => other.for <= start);
    if (one === undefined) return undefined;
    const { event } = one;
    return { event, zone: event.start.zone ?? zone, start: event.start.local + start - one.for };
  };
}
