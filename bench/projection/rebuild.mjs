/** Rebuilds the read models of a data folder, in a process of its own; says how long it took, and what memory it took. */
import 'reflect-metadata';
import { readSettings } from '../../dist/config/settings.js';
import { rebuildReadModels } from '../../dist/app/pledge-context.js';
import { peakMiB } from '../support/measure.mjs';

const began = performance.now();
await rebuildReadModels(readSettings());
process.send({ seconds: (performance.now() - began) / 1_000, peak: peakMiB() });
