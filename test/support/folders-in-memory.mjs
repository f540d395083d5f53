/**
 * Has the folders of tests made in memory, where there is room: on a disk, tests wait for it for a third of their time. What
 * is left of them goes when the run ends. TMPDIR says otherwise.
 */
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';

const memory = '/dev/shm/';
/** What a whole run leaves behind is less, in bytes. */
const room = 4 * 2 ** 30;

function hasRoom() {
  try {
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize >= room;
  } catch {
    return false; // not Linux
  }
}

if (process.env.TMPDIR === undefined && hasRoom()) {
  const folder = mkdtempSync(`${memory}pledge-tests-`);
  process.env.TMPDIR = folder;
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
}
