import { type Settings } from '../../src/config/settings.js';
import { type Clock } from '../../src/time/time-source.js';
import { type Doors, doorsOf } from '../../src/api/request-limits.js';
import { type LogEntry } from '../../src/observability/log.js';

/** The doors of a test's server, as the settings have them but for what the test says, and what they logged. */
export function testDoors(settings: Settings, clock: Clock, differing: Partial<Doors> = {}) {
  const logged: LogEntry[] = [];
  const doors: Doors = { ...doorsOf(settings, clock, (entry) => logged.push(entry)), ...differing };
  return { doors, logged };
}
