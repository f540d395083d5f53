import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Every file of TypeScript in a folder, however deep. */
export const sourceFiles = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
