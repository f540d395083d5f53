import { copyFileSync, cpSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { newFolder } from './api.js';

/** What a fresh clone has after `npm ci`, without the time it takes; its examples may be built in it. */
export function clone(): string {
  const folder = newFolder();
  for (const file of ['package.json', 'tsconfig.json']) copyFileSync(file, join(folder, file));
  for (const part of ['node_modules', 'dist', 'pledge']) symlinkSync(resolve(part), join(folder, part));
  cpSync('examples', join(folder, 'examples'), { recursive: true, filter: (path) => !path.endsWith('/dist') });
  return folder;
}
