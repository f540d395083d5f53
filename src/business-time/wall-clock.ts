import { type FileZones } from './icalendar-zones.js';
import { dayMs } from './parse-definition.js';
import { type FileTime } from './read-icalendar.js';
import { type LocalMs } from './zone.js';

export const midnightOf = (local: LocalMs): LocalMs => Math.floor(local / dayMs) * dayMs;

/** A time of a file on the wall clock of a zone; of a date its midnight. @throws Error for a zone that nobody knows */
export function localIn(zones: FileZones, zone: string, time: FileTime, isDate: boolean): LocalMs {
  const local = time.zone === undefined ? time.local : zones.toZone(time.local, time.zone, zone);
  return isDate ? midnightOf(local) : local;
}
