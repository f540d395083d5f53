/**
 * What is done to the server. Each attack is one round of something that somebody does again and again, `width` of them side by
 * side; `mostMiB` is the memory that the server may take meanwhile, all in all.
 */
import { answers } from './attacks/answers.mjs';
import { calendars } from './attacks/calendars.mjs';
import { connections } from './attacks/connections.mjs';
import { facts } from './attacks/facts.mjs';
import { reads } from './attacks/reads.mjs';

export const attacks = [...answers, ...connections, ...reads, ...facts, ...calendars];
