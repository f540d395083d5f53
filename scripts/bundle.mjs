/**
 * What starts as a process or as a thread, each with all that it imports in a few files of dist/bin: Node takes four times as
 * long to find and load three thousand modules one by one. They lie beside each other, as threads are found by those who start
 * them.
 */
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const started = [
  'main',
  'cli/pledge',
  'event-store/sqlite/writer-thread',
  'app/projection-worker/projections-thread',
  'app/read-threads/reader-thread',
  'catalogue/holidays-thread',
];

/** What Nest, Apollo and ws load where it is installed, which it is not. */
const notInstalled = [
  '@apollo/gateway',
  '@apollo/subgraph',
  '@fastify/multipart',
  '@fastify/static',
  '@fastify/view',
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  'bufferutil',
  'ts-morph',
  'utf-8-validate',
];

/** Under licenses that keep them apart from other code; their packages are used as they are. */
const keptApart = ['date-holidays', 'ical.js'];

/** Modules of CommonJS ask for these. */
const banner = `import { createRequire as createRequireOf } from 'node:module';
import { dirname as folderOf } from 'node:path';
import { fileURLToPath as pathOf } from 'node:url';
const require = createRequireOf(import.meta.url), __filename = pathOf(import.meta.url), __dirname = folderOf(__filename);`;

rmSync('dist/bin', { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: started.map((name) => `dist/${name}.js`),
  entryNames: '[name]',
  outdir: 'dist/bin',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: [...notInstalled, ...keptApart],
  legalComments: 'none',
  metafile: true,
  banner: { js: banner },
  logLevel: 'warning',
});
chmodSync('dist/bin/pledge.js', 0o755);
writeFileSync('dist/bin/LICENSES.txt', licences(Object.keys(metafile.inputs)));

/** Under what terms the packages are given that these files hold parts of. */
function licences(files) {
  const folders = files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  const terms = [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const text = readdirSync(folder).find((file) => /^(licen[cs]e|copying)/i.test(file));
    const written = text === undefined ? '' : `\n\n${readFileSync(join(folder, text), 'utf8').trim()}`;
    return `${name} ${version} (${license})${written}`;
  });
  return `${terms.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
