import 'reflect-metadata';
import { fail, failOnWhatIsUncaught } from './cli/fail.js';
import { guardOutput } from './cli/print.js';

guardOutput(fail);
failOnWhatIsUncaught();
// Loaded here, so that what cannot be loaded is told like every other error.
await import('./cli/serve-command.js').then(({ serve }) => serve()).catch(fail);
