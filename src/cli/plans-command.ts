import { userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { Rejection } from '../event-sourcing/rejection.js';
import { readText } from '../imports/read-text.js';
import { openForReading, openPledgeContext } from '../app/pledge-context.js';
import { type ReadBeside, withHolidayFiles } from '../catalogue/file/holiday-files.js';
import { applyPlansFile } from '../catalogue/file/apply-plans-file.js';
import { readPlansFile } from '../catalogue/file/read-plans-file.js';
import { readCatalogue } from '../catalogue/file/whole-catalogue.js';
import { toPlansFile, toYaml } from '../catalogue/file/write-plans-file.js';
import { print, printsAlone, tellingPeople } from './print.js';
import { settingsHere } from './settings-here.js';

/** A hundred thousand customers take some ten million. */
const mostBytes = 32_000_000;

/** An iCalendar file of two million characters, whatever they are. */
const mostBytesBeside = 8_000_000;

/** Paths count from the folder of the plans file; of stdin from here. */
const beside =
  (name: string): ReadBeside =>
  (path) =>
    readText(resolve(name === '-' ? '.' : dirname(name), path), process.stdin, mostBytesBeside);

interface ApplyOptions {
  readonly yes?: boolean;
  readonly actor?: string;
}

const applyCommand = new Command('apply')
  .description('change plans, calendars and customers to match a file (docs/plans.md)')
  .argument('<file>', 'YAML or JSON; - for stdin')
  .option('--yes', 'without asking')
  .option('--actor <id>', 'the actor (default: the user who is logged in)')
  .action(async (name: string, { yes = false, actor = whoIsHere() }: ApplyOptions) => {
    const text = await readText(name, process.stdin, mostBytes);
    // What was cut off before it began is not what anybody meant.
    if (text === '') throw new Rejection('MALFORMED_FILE', `${name} is empty.`);
    const file = await withHolidayFiles(readPlansFile(text, name), beside(name));
    const context = await openPledgeContext(settingsHere(), `plans apply ${name}`, {
      holidaysApart: true,
      finding: tellingPeople,
    });
    try {
      const agree = yes ? () => Promise.resolve(true) : () => ask(name);
      const isDone = await applyPlansFile(context, file, { id: actor, kind: 'person' }, agree, print);
      if (!isDone) process.exitCode = 1;
    } finally {
      await context.close();
    }
  });

const exportCommand = new Command('export')
  .description('print plans, calendars and customers as such a file; works while the server runs')
  .option('--json', 'as JSON')
  .action(async ({ json = false }: { readonly json?: boolean }) => {
    printsAlone();
    const context = await openForReading(settingsHere());
    try {
      const file = toPlansFile(await readCatalogue(context.store), Date.now());
      print(...(json ? JSON.stringify(file, null, 2) : toYaml(file).trimEnd()).split('\n'));
    } finally {
      await context.close();
    }
  });

export const plansCommand = new Command('plans')
  .description('plans, calendars and customers as one file')
  .addCommand(applyCommand)
  .addCommand(exportCommand);

/** Whose process it is. In a container it may be of somebody whom the system has no name for. */
export function whoIsHere(user: typeof userInfo = userInfo): string {
  try {
    return user().username;
  } catch {
    return `user ${process.getuid?.() ?? '?'}`;
  }
}

async function ask(name: string): Promise<boolean> {
  if (name === '-' || !process.stdin.isTTY || !process.stdout.isTTY) {
    throw new Rejection('CONFIRMATION_NEEDED', 'There is no terminal to confirm on; use --yes. Nothing was changed.');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question('Apply these changes? [y/N] ')).trim());
  } finally {
    terminal.close();
  }
}
