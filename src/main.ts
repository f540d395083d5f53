import 'reflect-metadata';
import { fail, failOnWhatIsUncaught } from './cli/fail.js';
import { guardOutput } from './cli/print.js';
import { serve } from './cli/serve-command.js';

guardOutput(fail);
failOnWhatIsUncaught();
await serve().catch(fail);
