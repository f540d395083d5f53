/**
 * `npm run threats`: takes the defence of each row of SECURITY.md away, one at a time, and sees the test that the row names
 * fail. `npm run threats -- socket` tries the rows that say `socket`. The replacements are in
 * test/security/broken/replacements.yaml; what was found last of each is in test/security/broken/result.json.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { patternOf } from './security-page.mjs';

const folder = 'test/security/broken';
const resultFile = `${folder}/result.json`;
const asked = process.argv.slice(2);
const rows = parse(readFileSync(`${folder}/replacements.yaml`, 'utf8')).filter(({ threat }) =>
  asked.every((word) => threat.includes(word)),
);

const patternText = (title) => patternOf(title).source.slice(1); // after the titles of what it stands in
const run = (test, title) =>
  spawnSync(
    process.execPath,
    [
      ...['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--selectProjects', 'sqlite'],
      ...['-i', '--bail=1', '--silent', '--json', '--testTimeout=60000', test, '-t', patternText(title)],
    ],
    { encoding: 'utf8', timeout: 300_000 },
  );
const build = () => execFileSync('npm', ['run', '-s', 'build'], { stdio: 'inherit' });

/** Whoever stops the script finds the sources as they were, as soon as the test under way has ended. */
const leaving = ['SIGINT', 'SIGTERM'];

/** Whether the test fails, though it is one of the product that is built or of the sources. */
function isNoticed({ file, search, replace, test, title }) {
  const text = readFileSync(file, 'utf8');
  if (text.split(search).length !== 2) throw new Error(`${file} does not have once: ${search}`);
  const needsBuild = readFileSync(test, 'utf8').includes('dist/');
  const restore = () => {
    writeFileSync(file, text);
    if (needsBuild) build();
  };
  const leave = () => {
    restore();
    process.exit(130);
  };
  for (const signal of leaving) process.once(signal, leave);
  try {
    writeFileSync(
      file,
      text.replace(search, () => replace),
    );
    if (needsBuild) build();
    const { stdout, signal } = run(test, title);
    if (signal !== null) return false;
    return JSON.parse(stdout).numFailedTests > 0;
  } finally {
    restore();
    for (const signal of leaving) process.off(signal, leave);
  }
}

const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim();
const before = JSON.parse(readFileSync(resultFile, 'utf8'));
const found = new Map(before.map((row) => [row.threat, row]));
const [commit, date] = [git('rev-parse', '--short', 'HEAD'), new Date().toISOString().slice(0, 10)];
let unnoticed = 0;
for (const row of rows) {
  const noticed = isNoticed(row);
  if (!noticed) unnoticed += 1;
  console.log(`${noticed ? 'noticed  ' : 'UNNOTICED'} ${row.threat}`);
  found.set(row.threat, { threat: row.threat, noticed, commit, date });
  writeFileSync(resultFile, `${JSON.stringify([...found.values()], null, 2)}\n`);
}
console.log(`${rows.length - unnoticed} of ${rows.length} noticed`);
process.exitCode = unnoticed === 0 ? 0 : 1;
