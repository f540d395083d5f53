import { Command } from 'commander';
import { rebuildReadModels } from '../app/pledge-context.js';
import { print, tellingPeople } from './print.js';
import { settingsHere } from './settings-here.js';

export const rebuildCommand = new Command('rebuild')
  .description('rebuild the read models from the events; the old ones stay until the new ones are ready')
  .action(async () => {
    const began = Date.now();
    await rebuildReadModels(settingsHere(), tellingPeople);
    const seconds = (Date.now() - began) / 1000;
    print(`Rebuilt all read models in ${seconds.toFixed(1)} s.`);
  });
