import 'reflect-metadata';
import { serve } from './cli/serve.js';
import { fail } from './cli/fail.js';

await serve().catch(fail);
