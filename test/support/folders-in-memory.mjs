/**
 * Has the folders of tests made in memory, where there is room: on a disk, tests wait for it for a third of their time. What
 * is left of them goes when the run ends; after a run that was killed, when the next one begins. TMPDIR says otherwise.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';

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

const remove = (folder) => {
  rmSync(folder, { recursive: true, force: true });
};

function removeLeftOver() {
  for (const name of readdirSync(memory)) {
    const [, run] = /^pledge-tests-(\d+)-/.exec(name) ?? [];
    if (run !== undefined && !existsSync(`/proc/${run}`)) remove(memory + name);
  }
}

if (process.env.TMPDIR === undefined && hasRoom()) {
  removeLeftOver();
  const folder = mkdtempSync(`${memory}pledge-tests-${process.pid}-`);
  process.env.TMPDIR = folder;
  process.once('exit', () => {
    remove(folder);
  });
}
