#!/usr/bin/env node
import 'reflect-metadata';
import { fail, failOnWhatIsUncaught } from './fail.js';
import { guardOutput } from './print.js';
import { run } from './program.js';

guardOutput(fail);
failOnWhatIsUncaught();
await run(process.argv.slice(2));
