import { Command, CommanderError } from 'commander';
import { compareCommand } from './compare.js';
import { copyCommand } from './copy.js';
import { dueCommand } from './due.js';
import { fail } from './fail.js';
import { historyCommand } from './history.js';
import { importCommand } from './import.js';
import { keysCommand } from './keys.js';
import { plansCommand } from './plans.js';
import { complain, print } from './print.js';
import { rebuildCommand } from './rebuild.js';
import { sampleCommand } from './sample.js';
import { serveCommand } from './serve.js';

/** The whole command line. */
export const program = new Command('pledge')
  .description('SLA tracking for support desks: clocks, breaches and audit from recorded ticket events.')
  .version('0.1.0')
  .showHelpAfterError('(see pledge COMMAND --help)')
  .addHelpText(
    'after',
    '\nSettings come from the environment: PLEDGE_HOST, PLEDGE_PORT, PLEDGE_DATA, PLEDGE_TIME_ZONE, PLEDGE_DEFAULT_PLAN,' +
      '\nPLEDGE_EXPLORE, PLEDGE_ORIGINS, PLEDGE_PROXIES, PLEDGE_RATE, PLEDGE_ADDRESS_RATE, PLEDGE_OPERATIONS, EVENT_STORE_URL;' +
      '\nidentity: PLEDGE_IDENTITY, PLEDGE_JWT_ISSUER, PLEDGE_JWT_AUDIENCE, PLEDGE_JWKS_URL (docs/identity.md).' +
      '\nExit status: 0 done, 1 failed (the code of the error is printed), 2 wrong usage, 130 stopped.',
  );
const commands = [
  serveCommand,
  importCommand,
  sampleCommand,
  plansCommand,
  keysCommand,
  compareCommand,
  historyCommand,
  dueCommand,
  rebuildCommand,
  copyCommand,
];
for (const command of commands) program.addCommand(command);
throughThePort(program);

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
      const [said = '', suggestion] = text.trimEnd().split(/\n(?=\(Did you mean )/);
      complain(said);
      if (suggestion !== undefined) write(suggestion);
    },
  });
  command.commands.forEach(throughThePort);
}

const linesOf = (text: string): readonly string[] => text.replace(/\n$/, '').split('\n');

/** Does what the arguments say, and leaves the exit status in `process.exitCode`. */
export async function run(args: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else fail(error);
  }
}
