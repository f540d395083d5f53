import { type LoggerService } from '@nestjs/common';
import { inFull, type Log, type LogEntry } from './log.js';

/** What Nest and its libraries say, as entries of our log; what they say of a start that goes well is left out. */
export function nestLog(log: Log): LoggerService {
  const to =
    (level: LogEntry['level']) =>
    (message: unknown, ...more: unknown[]) => {
      const text = typeof message === 'string' ? message : inFull(message);
      const rest = more.filter((each) => typeof each === 'string');
      log({ level, code: 'FRAMEWORK', message: text, ...(rest.length === 0 ? {} : { error: rest.join('\n') }) });
    };
  return { log: () => undefined, error: to('error'), fatal: to('error'), warn: to('warn') };
}
