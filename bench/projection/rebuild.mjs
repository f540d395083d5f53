/** Rebuilds the read models of a data folder, in a process of its own; says how fast, and what memory it took. */
import 'reflect-metadata';
import { readSettings } from '../../dist/config/settings.js';
import { rebuildReadModels } from '../../dist/app/pledge-context.js';
import { peakMiB } from '../support/measure.mjs';

const began = performance.now();
const events = Number(await rebuildReadModels(readSettings()));
process.send({ perSecond: (events * 1000) / (performance.now() - began), peak: peakMiB() });
