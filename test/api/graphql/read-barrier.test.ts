import { describe, expect, it } from '@jest/globals';
import { waitForPosition } from '../../../src/api/graphql/read-barrier.js';
import { Rejection } from '../../../src/event-sourcing/rejection.js';

const log = (end: string) => ({ logId: 'log', lastPosition: () => Promise.resolve(end) });
const wait = (end: string, answers: readonly (boolean | Error)[]) => {
  const left = [...answers];
  const waitFor = () => {
    const answer = left.shift() ?? false;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return waitForPosition(log(end), { waitFor }, ['tickets'], '0000000000000005', AbortSignal.abort());
};

describe('a query that waits for a write', () => {
  it('is answered once the read models have it', async () => {
    await expect(wait('0000000000000009', [true])).resolves.toBeUndefined();
    await expect(wait('0000000000000009', [false, true])).resolves.toBeUndefined();
  });

  it('is refused by a code where they do not come so far in time', async () => {
    await expect(wait('0000000000000009', [false, false])).rejects.toMatchObject({ code: 'READ_MODEL_BEHIND' });
  });

  it('is refused by another where the log does not go so far', async () => {
    await expect(wait('0000000000000004', [false])).rejects.toMatchObject({ code: 'CURSOR_BEYOND_END' });
  });

  it('is not told of the event that a projection stopped at', async () => {
    const stopped = new Rejection('PROJECTION_FAILED', 'event 7 of ticket GLOBEX-1 cannot be projected');
    await expect(wait('0000000000000009', [false, stopped])).rejects.toMatchObject({
      code: 'PROJECTION_FAILED',
      message: expect.not.stringContaining('GLOBEX-1') as unknown,
    });
  });
});
