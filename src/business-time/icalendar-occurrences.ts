import { dayMs } from './parse-definition.js';
import { FileZones } from './icalendar-zones.js';
import { type FileCalendar, type FileEvent, type FileRule, type FileTime, type Malformed } from './read-icalendar.js';
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

/** A file is refused as a whole: for more than a file of holidays has, or for an event that may not be left out. */
export class FileRefused extends Error {
  override readonly name = 'FileRefused';
}

export interface OccurrencesOptions {
  readonly timeZone: string;
  readonly years: Years;
  /** Whether an event is one of those that are asked for. */
  readonly isWanted: (event: FileEvent) => boolean;
  /** Called with an event that cannot be followed, and why; what it throws ends the reading. */
  readonly malformed: Malformed;
}

/**
 * What happens by the events of a file: of those that recur what is about some years, of single ones all. What is cancelled
 * is left out. The work is counted, so that no rule keeps anybody waiting.
 * @throws FileRefused for more than a file of holidays has
 */
export function occurrencesOf({ events, zones }: FileCalendar, options: OccurrencesOptions): FileOccurrences {
  const { timeZone, years, isWanted, malformed } = options;
  const uids = new Set(events.flatMap(({ standsFor, uid }) => (standsFor === undefined ? uid : [])));
  // An event that stands in for one that the file does not have is one by itself.
  const masters = events.filter(({ standsFor, uid }) => standsFor === undefined || !uids.has(uid));
  const recurring = masters.filter(doesRecur).length;
  if (recurring > mostRecurring) throw new FileRefused(`${recurring} events recur, and ${mostRecurring} may.`);
  const spend = budget();
  const work: Work = { years, spend, zones: new FileZones(zones, years, spend) };
  const instead = standIns(
    events.filter(({ uid }) => uids.has(uid)),
    work,
  );
  const found: Occurrence[] = [];
  let recurred = 0;
  for (const event of masters) {
    try {
      const zone = event.start.zone ?? timeZone;
      const replaced = instead(event, zone);
      for (const start of startsOf(event, zone, work)) {
        if (doesRecur(event)) recurred += 1;
        if (recurred > mostOccurrences) throw new FileRefused(`events recur more than ${mostOccurrences} times.`);
        const one = replaced(start) ?? { start, zone, event };
        if (!one.event.isCancelled && isWanted(one.event)) found.push(one);
      }
    } catch (error) {
      if (error instanceof FileRefused) throw error;
      malformed(event, error);
    }
  }
  return { found, zones: work.zones };
}

export interface FileOccurrences {
  readonly found: readonly Occurrence[];
  readonly zones: FileZones;
}

/** What all who follow the events of a file share. */
interface Work {
  readonly years: Years;
  readonly spend: Spend;
  readonly zones: FileZones;
}

const doesRecur = ({ rules, moreStarts }: FileEvent) => rules.length + moreStarts.length > 0;

function budget(): Spend {
  let left = mostDaysLookedAt;
  return (days) => {
    left -= days;
    if (left < 0) throw new FileRefused('its rules take too long to follow.');
  };
}

/** When an event starts, less its exceptions. What does not recur starts once. */
function startsOf(event: FileEvent, zone: string, work: Work): ReadonlySet<LocalMs> {
  const { start, rules, moreStarts, exceptions } = event;
  const starts = new Set<LocalMs>();
  if (rules.length === 0) starts.add(start.local);
  for (const rule of rules) for (const at of startsByRule(event, rule, zone, work)) starts.add(at);
  for (const more of moreStarts) starts.add(localIn(work.zones, zone, more, start.isDate));
  const isOff = exceptions.filter(({ isDate }) => isDate && !start.isDate).map(({ local }) => local);
  const daysOff = new Set(isOff);
  const off = new Set(exceptions.map((exception) => localIn(work.zones, zone, exception, start.isDate)));
  return new Set([...starts].filter((at) => !off.has(at) && !daysOff.has(midnightOf(at))));
}

function* startsByRule({ start }: FileEvent, rule: FileRule, zone: string, { years, spend, zones }: Work) {
  const first = Math.floor(start.local / dayMs);
  const time = start.local - first * dayMs;
  expectRound(rule, first, spend);
  const until = rule.until === undefined ? Infinity : lastStart(zones, rule.until, zone, start.isDate);
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
function expectRound(rule: FileRule, first: number, spend: Spend): void {
  const isByDate = rule.frequency === 'YEARLY' || rule.frequency === 'MONTHLY';
  if (isByDate && rule.monthDays.length + rule.yearDays.length > 0) return;
  const forEver = { ...rule, count: undefined };
  const { done } = recurringDays(forEver, first, [first, first + longestWaitDays], spend).next();
  if (done === true) throw new Error('its recurrence rule never occurs.');
}

const lastStart = (zones: FileZones, until: FileTime, zone: string, isDate: boolean): LocalMs =>
  until.isDate ? until.local + dayMs - 1 : localIn(zones, zone, until, isDate);

/** What stands in for an occurrence of an event, by its start; undefined where nothing does. */
type StandIns = (event: FileEvent, zone: string) => (start: LocalMs) => Occurrence | undefined;

function standIns(events: readonly FileEvent[], { spend, zones }: Work): StandIns {
  const byUid = new Map<string, FileEvent[]>();
  for (const event of events) {
    if (event.standsFor === undefined) continue;
    const others = byUid.get(event.uid);
    if (others === undefined) byUid.set(event.uid, [event]);
    else others.push(event);
  }
  const known = new Map<string, (start: LocalMs) => Occurrence | undefined>();
  return ({ uid, start: { isDate } }, zone) => {
    const key = `${zone} ${isDate} ${uid}`;
    const own = byUid.get(uid) ?? [];
    let find = known.get(key);
    if (find === undefined) {
      spend(own.length * daysOfAConversion);
      known.set(key, (find = standingIn(own, zone, isDate, zones)));
    }
    return find;
  };
}

/** @param isDate the event is one of whole days: what stands in for one of them means its date, whatever time it adds */
function standingIn(
  events: readonly FileEvent[],
  zone: string,
  isDate: boolean,
  zones: FileZones,
): (start: LocalMs) => Occurrence | undefined {
  const placed = events.flatMap((event) => {
    const { standsFor } = event;
    if (standsFor === undefined) return [];
    const { at, andLater } = standsFor;
    return [{ event, for: isDate ? midnightOf(at.local) : localIn(zones, zone, at, at.isDate), andLater }];
  });
  const exact = new Map(placed.map((one) => [one.for, one]));
  const ofDate = new Map(placed.filter(({ event }) => event.standsFor?.at.isDate).map((one) => [one.for, one]));
  const later = placed.filter(({ andLater }) => andLater).sort((a, b) => a.for - b.for);
  const at = ({ event }: (typeof placed)[number], start: LocalMs) => ({ event, zone: event.start.zone ?? zone, start });
  return (start) => {
    const one = exact.get(start) ?? ofDate.get(midnightOf(start));
    if (one !== undefined) return at(one, one.event.start.local);
    const before = later.findLast((other) => other.for <= start);
    return before === undefined ? undefined : at(before, before.event.start.local + start - before.for);
  };
}
