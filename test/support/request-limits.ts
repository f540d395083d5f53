import { type Settings } from '../../src/config/settings.js';
import { type TimeSource } from '../../src/time/time-source.js';
import { type RequestLimits, requestLimitsOf } from '../../src/api/request-limits.js';
import { type LogEntry } from '../../src/observability/log.js';

/** The doors of a test's server, as the settings have them but for what the test says, and what they logged. */
export function testDoors(settings: Settings, time: TimeSource, differing: Partial<RequestLimits> = {}) {
  const logged: LogEntry[] = [];
  const requestLimits: RequestLimits = {
    ...requestLimitsOf(settings, time, (entry) => logged.push(entry)),
    ...differing,
  };
  return { requestLimits, logged };
}
