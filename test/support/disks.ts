import { execFileSync } from 'node:child_process';
import { existsSync, statfsSync } from 'node:fs';
import { newFolder } from './api.js';

/** A way to have a process find its disk full for a while, for real. */
export interface FullDisk {
  readonly name: string;
  /** Puts a new folder on a disk that can be filled, where that needs one. */
  readonly mount: (folder: string) => void;
  readonly fill: (folder: string, pid?: number) => void;
  readonly free: (folder: string, pid?: number) => void;
  readonly unmount: (folder: string) => void;
  /** What a command is started with, to find the disk full from its first write on. */
  readonly before: readonly string[];
}

const remount = (folder: string, size: string) =>
  execFileSync('mount', ['-o', `remount,size=${size}`, folder], { stdio: 'ignore' });

/** How much of a file system is in use, in bytes. */
function usedOf(folder: string): number {
  const { blocks, bfree, bsize } = statfsSync(folder);
  return (blocks - bfree) * bsize;
}

/** A file system in memory, which shrinks to what is in it: `SQLITE_FULL`. It takes the right to mount. */
const fileSystem: FullDisk = {
  name: 'the file system is full',
  mount: (folder) => execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1g,mode=700', 'tmpfs', folder]),
  fill: (folder) => {
    // Somebody may write meanwhile: it cannot be smaller than what is in it.
    for (let left = 100; ; left--) {
      try {
        remount(folder, String(usedOf(folder)));
        return;
      } catch (error) {
        if (left === 0) throw error;
      }
    }
  },
  free: (folder) => {
    remount(folder, '1g');
  },
  unmount: (folder) => execFileSync('umount', ['-l', folder]),
  before: [],
};

const prlimit = '/usr/bin/prlimit';
const limit = (size: string) => `--fsize=${size}:`;

/** A limit on how long files may be that a process writes: `SQLITE_IOERR_WRITE`. It takes no right. */
const longFiles: FullDisk = {
  name: 'no file may grow',
  mount: () => undefined,
  fill: (_, pid) => {
    if (pid !== undefined) execFileSync(prlimit, ['--pid', String(pid), limit('4096')]);
  },
  free: (_, pid) => {
    if (pid !== undefined) execFileSync(prlimit, ['--pid', String(pid), limit('unlimited')]);
  },
  unmount: () => undefined,
  before: [prlimit, limit('4096')],
};

function mayMount(): boolean {
  const folder = newFolder();
  try {
    fileSystem.mount(folder);
    fileSystem.unmount(folder);
    return true;
  } catch {
    return false;
  }
}

/** The ways there are on this machine; it says which are missing. */
export function fullDisks(): readonly FullDisk[] {
  const [canMount, canLimit] = [mayMount(), existsSync(prlimit)];
  if (!canMount) process.stderr.write('No right to mount here: no file system is filled.\n');
  if (!canLimit) process.stderr.write(`No ${prlimit} here: no file is kept from growing.\n`);
  return [...(canMount ? [fileSystem] : []), ...(canLimit ? [longFiles] : [])];
}
