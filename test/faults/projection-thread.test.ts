import { mkdirSync, renameSync, rmdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openProjectionRunner } from '../../src/app/projection-worker/open-projection-runner.js';
import { type ThreadedProjections } from '../../src/app/projection-worker/threaded-projections.js';
import { newFolder } from '../support/api.js';
import { ledgerAt, settingsOf } from '../support/application-contexts.js';

const never = (_: () => void, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });

describe('the thread of projections, when it begins,', () => {
  let folder: string;
  beforeEach(async () => {
    folder = newFolder();
    await (await ledgerAt('2026-03-02T09:00:00Z', folder)).close();
  });
  const stop = new AbortController();
  afterEach(() => {
    stop.abort();
  });

  it('waits for a file that cannot be opened for a while, says why, and goes on', async () => {
    const file = join(folder, 'read-models.db');
    renameSync(file, `${file}.away`);
    mkdirSync(file);
    const said: string[] = [];
    const onRetry = (why: string) => {
      said.push(why);
      if (said.length < 3) return;
      rmdirSync(file);
      renameSync(`${file}.away`, file);
    };
    const { close } = await openProjectionRunner(settingsOf(folder), {
      waiting: { signal: stop.signal, onRetry },
      subscribed: () => undefined,
      changed: () => undefined,
    });
    expect(said).toEqual(Array(3).fill(expect.stringContaining('EISDIR')));
    await close();
  });

  it('says in words why it cannot', async () => {
    truncateSync(join(folder, 'events.db'), 100);
    const built = join(process.cwd(), 'dist/app/projection-worker/threaded-projections.js');
    const { ThreadedProjections: Built } = (await import(built)) as { ThreadedProjections: typeof ThreadedProjections };
    const projections = new Built(settingsOf(folder), never, { state: 'connecting', lag: 0, reconnects: 0 });
    await projections.run(stop.signal, () => undefined);
    expect(projections.statuses.length).toBeGreaterThan(3);
    for (const { error } of projections.statuses) expect(error).toContain('malformed');
  });
});
