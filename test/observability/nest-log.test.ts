import { describe, expect, it } from '@jest/globals';
import { type LogEntry } from '../../src/observability/log.js';
import { nestLog } from '../../src/observability/nest-log.js';

describe('what Nest says', () => {
  it('stands in the log of the server, with its stack and where it is from', () => {
    const entries: LogEntry[] = [];
    const log = nestLog((entry) => entries.push(entry));
    log.error('It broke', 'Error: It broke\n    at there', 'ExceptionsHandler');
    log.warn('It is old');
    log.log('Nest application successfully started');
    expect(entries).toEqual([
      {
        level: 'error',
        code: 'FRAMEWORK',
        message: 'It broke',
        error: 'Error: It broke\n    at there\nExceptionsHandler',
      },
      { level: 'warn', code: 'FRAMEWORK', message: 'It is old' },
    ]);
  });
});
