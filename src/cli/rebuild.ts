import { Command } from 'commander';
import { readSettings } from '../config/settings.js';
import { rebuildReadModels } from '../app/pledge-context.js';
import { print } from './print.js';

export const rebuildCommand = new Command('rebuild')
  .description('build the read models anew from the log; the old ones stay until the new ones are done')
  .action(async () => {
    const began = Date.now();
    await rebuildReadModels(readSettings());
    const seconds = (Date.now() - began) / 1000;
    print(`Rebuilt all read models in ${seconds.toFixed(1)} s.`);
  });
