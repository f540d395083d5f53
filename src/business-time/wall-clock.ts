import { DateTime } from 'luxon';
import { dayMs } from './parse-definition.js';
import { type FileTime } from './read-icalendar.js';
import { type LocalMs } from './zone.js';

export const midnightOf = (local: LocalMs): LocalMs => Math.floor(local / dayMs) * dayMs;

/** A wall clock's time in one zone, as that of another has it. @throws Error for what is no IANA zone */
export function toZone(local: LocalMs, from: string, to: string): LocalMs {
  if (from === to) return local;
  const there = DateTime.fromMillis(local, { zone: 'UTC' }).setZone(from, { keepLocalTime: true }).setZone(to);
  if (!there.isValid) throw new Error(`${from.slice(0, 100)} is not an IANA time zone.`);
  return there.toMillis() + there.offset * 60_000;
}

/** A time of a file on the wall clock of a zone; of a date its midnight. */
export function localIn(zone: string, time: FileTime, isDate: boolean): LocalMs {
  const local = time.zone === undefined ? time.local : toZone(time.local, time.zone, zone);
  return isDate ? midnightOf(local) : local;
}
