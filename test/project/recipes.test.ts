import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { sourceFiles } from '../support/source-files.js';

const page = readFileSync('docs/contributing.md', 'utf8');

interface Step {
  readonly file: string;
  /** Only some additions need it. */
  readonly isConditional: boolean;
  /** The lines of code that it shows, without their indents. */
  readonly code: readonly string[];
}

interface Recipe {
  readonly title: string;
  readonly steps: readonly Step[];
}

const stepOf = (text: string): Step => ({
  file: /`(src\/[^`]+\.ts)`/.exec(text)?.[1] ?? '',
  isConditional: /^[^:]*`, (?:only for|if) /.test(text),
  code: [...text.matchAll(/^ {7}(.*)$/gm)].map(([, line = '']) => line.trim()),
});

const recipes = page
  .split(/^## /m)
  .slice(1)
  .map((section): Recipe => {
    const [title = ''] = section.split('\n');
    return {
      title,
      steps: section
        .split(/^\d+\. /m)
        .slice(1)
        .map(stepOf),
    };
  });

/** What is named in a file: identifiers, and text that is one word. */
function namesIn(file: string): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node) => {
    if (ts.isIdentifier(node) || ts.isStringLiteralLike(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest));
  return names;
}

const sources = sourceFiles('src').map((file) => ({ file, text: readFileSync(file, 'utf8') }));

/** The files of the sources that name one of these. */
const naming = (names: readonly string[]) =>
  sources
    .filter(({ text }) => names.some((name) => text.includes(name)))
    .filter(({ file }) => names.some((name) => namesIn(file).has(name)))
    .map(({ file }) => file)
    .sort();

/** What the example of each recipe is called in the sources, how many files may name it, and who may beside them. */
const examples: Readonly<
  Record<string, { readonly names: readonly string[]; readonly most: number; readonly users?: string }>
> = {
  'Add a ticket event': {
    names: ['TicketAssigned', 'AssignTicket', 'assignTicket', 'AssignTicketInput'],
    most: 6,
    users: 'src/imports/',
  },
  'Add a metric': { names: ['followUp'], most: 4 },
  'Add a read model': {
    names: ['breaches', 'breachesProjection', 'BreachesTable', 'BreachListQuery', 'BreachListHandler', 'BreachView'],
    most: 5, // the resolver among them
  },
  'Add a setting': { names: ['heartbeatSeconds', 'PLEDGE_HEARTBEAT_SECONDS'], most: 2 },
};

describe('the recipes', () => {
  it('are one for each kind of addition', () => {
    expect(recipes.map(({ title }) => title)).toEqual(Object.keys(examples));
  });

  it('name only files that exist', () => {
    const named = [...page.matchAll(/`((?:src|test|docs|scripts)\/[^`]+)`/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !existsSync(name))).toEqual([]);
  });

  it.each(recipes)('show code that is in the files: $title', ({ steps }) => {
    expect(steps.filter(({ code }) => code.length === 0)).toEqual([]);
    const missing = steps.flatMap(({ file, code }) => {
      const lines = new Set(
        readFileSync(file, 'utf8')
          .split('\n')
          .map((line) => line.trim()),
      );
      return code.filter((line) => !lines.has(line)).map((line) => `${file}: ${line}`);
    });
    expect(missing).toEqual([]);
  });

  it.each(recipes)('touch the files that they list, and no other: $title', ({ title, steps }) => {
    const { names, most, users } = examples[title] ?? { names: [], most: 0 };
    expect(steps.length).toBeLessThanOrEqual(most);
    const touched = naming(names).filter((file) => users === undefined || !file.startsWith(users));
    const always = steps.filter(({ isConditional }) => !isConditional).map(({ file }) => file);
    expect(always.filter((file) => !touched.includes(file))).toEqual([]);
    expect(touched.filter((file) => !steps.some((step) => step.file === file))).toEqual([]);
  });
});
