import { Command, CommanderError } from 'commander';
import { fail } from './fail.js';
import { complain, print } from './print.js';

/** The commands, in the order of the help. One is loaded alone where it is named: to load all takes a second. */
const commands = new Map<string, () => Promise<Command>>([
  ['serve', async () => (await import('./serve-command.js')).serveCommand],
  ['import', async () => (await import('./import-command.js')).importCommand],
  ['sample', async () => (await import('./sample-command.js')).sampleCommand],
  ['plans', async () => (await import('./plans-command.js')).plansCommand],
  ['keys', async () => (await import('./keys-command.js')).keysCommand],
  ['webhooks', async () => (await import('./webhooks-command.js')).webhooksCommand],
  ['compare', async () => (await import('./compare-command.js')).compareCommand],
  ['history', async () => (await import('./history-command.js')).historyCommand],
  ['due', async () => (await import('./due-command.js')).dueCommand],
  ['holidays', async () => (await import('./holidays-command.js')).holidaysCommand],
  ['rebuild', async () => (await import('./rebuild-command.js')).rebuildCommand],
  ['copy', async () => (await import('./copy-command.js')).copyCommand],
]);

/** The command line: with the one command that the arguments name, or else with all of them. */
export async function programFor(args: readonly string[]): Promise<Command> {
  const program = new Command('pledge')
    .description('SLA tracking for support desks: clocks, breaches and audit from recorded ticket events.')
    .version('0.1.0')
    .showHelpAfterError('(see pledge COMMAND --help)')
    .addHelpText(
      'after',
      '\nSettings come from the environment: PLEDGE_DATA, PLEDGE_PORT, EVENT_STORE_URL and more. docs/settings.md lists them all.' +
        '\nExit status: 0 done, 1 failed (the code of the error is printed), 2 wrong usage, 130 stopped.',
    );
  for (const load of named(args)) program.addCommand(await load());
  throughThePort(program);
  return program;
}

/** Has what commander says – help, wrong usage – go the way of all else, and wrong usage come to us. */
function throughThePort(command: Command): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => {
      print(...linesOf(text));
    },
    writeErr: (text) => {
      complain(...linesOf(text));
    },
    // An argument may have line ends in it; a suggestion has a line of its own.
    outputError: (text, write) => {
      const [message = '', suggestion] = text.trimEnd().split(/\n(?=\(Did you mean )/);
      complain(message);
      if (suggestion !== undefined) write(suggestion);
    },
  });
  command.commands.forEach(throughThePort);
}

const linesOf = (text: string): readonly string[] => text.replace(/\n$/, '').split('\n');

function named([name = '']: readonly string[]): Iterable<() => Promise<Command>> {
  const command = commands.get(name);
  return command === undefined ? commands.values() : [command];
}

/** A command that does not exist, where the arguments name one. */
function unknownIn([first = '', second]: readonly string[]): string | undefined {
  const name = first === 'help' ? second : first;
  return name === undefined || name === '' || name.startsWith('-') || commands.has(name) ? undefined : name;
}

/** Does what the arguments say, and leaves the exit status in `process.exitCode`. */
export async function run(args: readonly string[]): Promise<void> {
  try {
    const program = await programFor(args);
    const unknown = unknownIn(args);
    // Beside a wish for help, commander does not say that the command is unknown.
    await program.parseAsync(unknown === undefined ? args : [unknown], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else fail(error);
  }
}
