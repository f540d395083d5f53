/** `node --import ./test/support/typescript.mjs`: runs TypeScript of the tests without building it. */
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
