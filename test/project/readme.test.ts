import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { clone } from '../support/clone.js';
import { WireServer } from '../support/eventstoredb/wire-server.js';
import { freePort, stepsIn, Terminal } from '../support/tour.js';

const read = (file: string) => readFileSync(file, 'utf8');
const readme = read('README.md');
const pages = [
  'README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((name) => join('docs', name)),
]
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, text: read(name) }));

/** What differs from day to day and from run to run. */
const varying: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<instant>'],
  [/\b[0-9a-f]{12}\.(?:\d{16}|\d{20})\b/g, '<cursor>'],
  [/"\d{4}-\d\d"/g, '"<month>"'],
  [/\bT-\d{6}\b/g, '<reference>'],
  [/(?<="attainment":)null/g, '<number>'], // a month may have no verdict yet
  [/\b\d+(\.\d+)?\b/g, '<number>'],
];
const lasting = (line: string) => varying.reduce((text, [what, name]) => text.replace(what, name), line);

/** Checks what was printed against what is shown; `…` at the end of a line stands for any more. */
function expectShown(printed: readonly string[], shown: readonly string[]): void {
  const isCut = shown.map((line) => line.endsWith(' …'));
  const cut = printed.map((line, i) => {
    const whole = lasting(line);
    return isCut[i] === true ? whole.slice(0, lasting(shown[i]?.slice(0, -2) ?? '').length) : whole;
  });
  expect(cut).toEqual(shown.map((line) => lasting(line.replace(/ …$/, ''))));
}

/** Goes the README's tour in a fresh clone, with what else is set, and compares what is printed with what is shown. */
async function takeTheTour(environment: NodeJS.ProcessEnv): Promise<void> {
  const folder = clone();
  const terminal = new Terminal(folder, { PLEDGE_PORT: String(await freePort()), ...environment });
  const [install, ...steps] = stepsIn(readme);
  expect(install).toEqual({ command: 'npm ci', prints: [] });
  /** Started in a terminal of their own, with the words by which it is seen that they are up. */
  const lasting: Readonly<Record<string, string>> = {
    'npm start': 'The tour is in README.md.\n',
    'node examples/agent-feed/dist/agent-feed.js': 'Listening.\n',
  };
  let beside: ReturnType<Terminal['start']> | undefined;
  try {
    for (const { command, prints } of steps) {
      if (command === undefined && prints[0] === '^C') {
        await beside?.stop();
      } else if (command === undefined) {
        let seen = '';
        for (const _ of prints) seen += (await beside?.until('\n')) ?? '';
        expectShown(seen.split('\n').slice(0, -1), prints);
      } else if (command in lasting) {
        beside = terminal.start(command);
        await beside.until(lasting[command] ?? '');
      } else expectShown(await terminal.run(command), prints);
    }
  } finally {
    await terminal.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the tour in the README', () => {
  it('goes as printed', () => takeTheTour({}), 180_000);

  it('goes the same on EventStoreDB', async () => {
    const store = await WireServer.start();
    try {
      await takeTheTour({ EVENT_STORE_URL: store.url });
    } finally {
      await store.stop();
    }
  }, 180_000);

  it('shows figures that agree with each other', () => {
    const [rows = NaN, facts = NaN, events = NaN, already = NaN, rejected = NaN] =
      /(\d+) rows, (\d+) facts recorded \((\d+) events .*?\), (\d+) already recorded, (\d+) rejected/
        .exec(readme)
        ?.slice(1)
        .map(Number) ?? [];
    expect(facts + already + rejected).toBe(rows);
    expect(events).toBeGreaterThan(facts);
    const [met = NaN, late = NaN, breached = NaN, attainment = NaN] =
      /"met":(\d+),"metLate":(\d+),"breached":(\d+),"attainment":([\d.]+)/.exec(readme)?.slice(1).map(Number) ?? [];
    expect(met / (met + late + breached)).toBe(attainment);
  });
});

/** What a page shows as code: fenced, indented, or in a line. */
const codeIn = (text: string) =>
  [...text.matchAll(/^```.*?^```$|^ {4}.*$|`[^`\n]+`/gms)].map(([code]) => code).join('\n');

/** What the pages name, each with its page. */
const named = (what: RegExp, within: (text: string) => string = codeIn) =>
  pages.flatMap(({ name: page, text }) => [...within(text).matchAll(what)].map(([, name = '']) => ({ page, name })));

describe('the pages', () => {
  it('name npm scripts that are there', () => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Record<string, string> };
    const found = named(/\bnpm (?:run (?:-s )?)?((?!run\b|ci\b|install\b|version\b|audit\b)[a-z][\w:-]*)/g);
    expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining(['start', 'test', 'bench']));
    expect(found.filter(({ name }) => !(name in scripts))).toEqual([]);
  });

  it('name commands of pledge that are there', () => {
    const found = named(/(?:^|[`"$|] ?|^ {4}|\.\/)pledge ([a-z]+)\b/gm);
    expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining(['sample', 'import', 'history', 'due']));
    expect(found.filter(({ name }) => !existsSync(`src/cli/${name}-command.ts`))).toEqual([]);
  });

  it('name files that are there', () => {
    const found = named(/`((?:src|test|docs|scripts|bench|examples)\/[^`\s]*|[\w./-]+\.ts)`/g);
    expect(found.length).toBeGreaterThan(50);
    expect(found.filter(({ name }) => !existsSync(name) && !existsSync(join('src', name)))).toEqual([]);
  });

  it('link to files that are there', () => {
    const links = named(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g, (text) => text).filter(({ name }) => !/^[a-z]+:/.test(name));
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter(({ page, name }) => !existsSync(join(dirname(page), name)))).toEqual([]);
  });
});

describe('the README', () => {
  it('names every command of pledge, every bench and every page but those of decisions', () => {
    const help = execFileSync(process.execPath, ['dist/bin/pledge.js', '--help'], { encoding: 'utf8' });
    const commands = [...help.matchAll(/^ {2}([a-z]+) /gm)].map(([, command = '']) => command);
    const benches = readdirSync('bench')
      .filter((file) => file.endsWith('.mjs') && file !== 'run.mjs')
      .map((file) => basename(file, '.mjs'));
    expect(commands.length).toBeGreaterThan(5);
    const all = [...commands.filter((command) => command !== 'help'), ...benches];
    expect(all.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
    const others = pages.map(({ name }) => name).filter((name) => name !== 'README.md' && dirname(name) === 'docs');
    expect(others.filter((name) => !readme.includes(`](${name})`))).toEqual([]);
  });
});
