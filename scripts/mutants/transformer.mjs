/** Jest's transformer of TypeScript, which puts all mutants into the sources that are tried. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import swc from '@swc/jest';
import { mutate } from './mutate.mjs';

const mutator = readFileSync(new URL('./mutate.mjs', import.meta.url), 'utf8');

export default {
  createTransformer({ folders, swc: options }) {
    const transformer = swc.createTransformer(options);
    const mutated = (source, path) => {
      const file = relative(process.cwd(), path);
      return folders.some((folder) => file.startsWith(`src/${folder}/`)) ? mutate(file, source).text : source;
    };
    return {
      ...transformer,
      process: (source, path, given) => transformer.process(mutated(source, path), path, given),
      processAsync: (source, path, given) => transformer.processAsync(mutated(source, path), path, given),
      getCacheKey: (source, path, given) =>
        createHash('sha256')
          .update([transformer.getCacheKey(source, path, given), mutator, String(folders)].join('\0'))
          .digest('hex'),
    };
  },
};
