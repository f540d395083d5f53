#!/usr/bin/env node
import 'reflect-metadata';
import { Command, CommanderError } from 'commander';
import { compareCommand } from './compare.js';
import { copyCommand } from './copy.js';
import { dueCommand } from './due.js';
import { fail } from './fail.js';
import { historyCommand } from './history.js';
import { importCommand } from './import.js';
import { keysCommand } from './keys.js';
import { plansCommand } from './plans.js';
import { rebuildCommand } from './rebuild.js';
import { sampleCommand } from './sample.js';
import { serveCommand } from './serve.js';

const program = new Command('pledge')
  .description('The ledger of support promises: SLA clocks, breaches and audit over recorded ticket events.')
  .version('0.1.0')
  .showHelpAfterError('(pledge COMMAND --help tells more)')
  .exitOverride()
  .addHelpText(
    'after',
    '\nSettings come from the environment: PLEDGE_HOST, PLEDGE_PORT, PLEDGE_DATA, PLEDGE_TIME_ZONE, PLEDGE_DEFAULT_PLAN,' +
      '\nPLEDGE_EXPLORE, PLEDGE_ORIGINS, PLEDGE_PROXIES, PLEDGE_RATE, PLEDGE_ADDRESS_RATE, PLEDGE_OPERATIONS, EVENT_STORE_URL;' +
      '\nwhom to believe: PLEDGE_IDENTITY, PLEDGE_JWT_ISSUER, PLEDGE_JWT_AUDIENCE, PLEDGE_JWKS_URL (docs/identity.md).' +
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
for (const command of commands) {
  program.addCommand(command.exitOverride());
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    fail(error);
  }
}
