import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cruise, type ICruiseResult, type IFlattenedRuleSet } from 'dependency-cruiser';

const { forbidden } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as {
  readonly forbidden: NonNullable<IFlattenedRuleSet['forbidden']>;
};

const upwards = 'no-import-upwards-from-';

/** The folders from the top down, but for the first. */
const folders = forbidden.flatMap(({ name = '' }) => (name.startsWith(upwards) ? [name.slice(upwards.length)] : []));

type Break = readonly [rule: string, file: string, imports: string];

/** From each folder one import of the folder above it. */
const breakUpwards: readonly Break[] = folders.map((name, index) => {
  const above = index === 0 ? 'main' : folders[index - 1];
  const target = above === 'main' ? '../main.js' : `../${above ?? ''}/target.js`;
  return name === 'di-tokens'
    ? [upwards + name, 'di-tokens.ts', target.slice(1)]
    : [upwards + name, `${name}/up.ts`, target];
});

/** Breaks each rule: the rule, the file that breaks it, and what it imports. */
const broken: readonly Break[] = [
  ['no-circles-of-files', 'time/a.ts', './b.js'],
  ['no-circles-of-folders', 'tickets/one/a.ts', '../two/b.js'],
  ['no-circles-of-folders', 'tickets/two/c.ts', '../one/d.js'],
  ['every-folder-has-its-place', 'utils/a.ts', '../time/a.js'],
  ['pure', 'clocks/a.ts', '../config/settings.js'],
  ['pure', 'tickets/domain/a.ts', '../../event-sourcing/notifier.js'],
  ['pure', 'business-time/a.ts', '../parsing/../time/a.js'],
  ['pure-knows-no-machine', 'imports/domain/b.ts', 'node:fs'],
  ['pure-knows-no-machine', 'clocks/c.ts', 'fs'],
  ['pure-knows-no-machine', 'business-time/b.ts', 'node:worker_threads'],
  ['pure-knows-no-machine', 'catalogue/domain/b.ts', '@nestjs/common'],
  ['pure-knows-no-machine', 'webhooks/domain/b.ts', 'kysely'],
  ['slices-meet-at-the-domain-the-commands-or-the-top', 'imports/a.ts', '../tickets/projections/a.js'],
  ['slices-meet-at-the-domain-the-commands-or-the-top', 'webhooks/outbox/a.ts', '../../feed/queries/a.js'],
  ['graphql-is-imported-by-graphql', 'reports/queries/a.ts', '../graphql/a.js'],
  ['graphql-is-imported-by-graphql', 'feed/a.ts', '../tickets/graphql/a.js'],
  ['commands-without-nest', 'tickets/commands/a.ts', '@nestjs/cqrs'],
  ['only-app-picks-adapters', 'cli/a.ts', '../event-store/sqlite/a.js'],
  ['only-its-adapter-knows-eventstoredb', 'event-store/sqlite/b.ts', '@eventstore/db-client'],
  ...breakUpwards,
];

/** A tree of empty files but for those that import something. */
function treeOf(folder: string, imports: ReadonlyMap<string, readonly string[]>): void {
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  for (const [file, of] of imports) {
    const path = join(folder, 'src', file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, [...of.map((name) => `import '${name}';`), 'export {};', ''].join('\n'));
  }
}

function filesOf(): ReadonlyMap<string, readonly string[]> {
  const files = new Map<string, string[]>([['time/b.ts', ['./a.js']]]); // the other half of a circle
  for (const [, file, imported] of broken) {
    files.set(file, [...(files.get(file) ?? []), imported]);
    const target = join(dirname(file), imported).replace(/\.js$/, '.ts');
    if (imported.startsWith('.') && !files.has(target)) files.set(target, []);
  }
  return files;
}

describe('the import rules', () => {
  let folder: string;
  let found: ReadonlySet<string>;

  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'pledge-rules-')));
    treeOf(folder, filesOf());
    const { output } = await cruise(['src'], {
      baseDir: folder,
      ruleSet: { forbidden },
      validate: true,
      doNotFollow: { path: ['node_modules'] },
      tsPreCompilationDeps: true,
      enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
    });
    found = new Set(
      (output as ICruiseResult).summary.violations.map(
        ({ rule, from }) => `${rule.name} ${from.replace(/^src\//, '')}`,
      ),
    );
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(broken)('%s: %s may not import %s', (rule, file) => {
    const from = rule === 'no-circles-of-folders' ? dirname(file) : file;
    expect(found).toContain(`${rule} ${from}`);
  });

  it('are each broken here', () => {
    const names = new Set(broken.map(([rule]) => rule));
    expect(forbidden.map(({ name }) => name ?? '').filter((name) => !names.has(name))).toEqual([]);
  });
});
