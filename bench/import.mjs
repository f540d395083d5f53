/** The Italian help desk's log through `pledge import`, as a process of its own: events a second, and its peak memory. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inFolder } from './support/measure.mjs';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** Runs the command, and has it say its own peak memory at the end. */
const program = `
process.on('exit', () => console.log('peak ' + process.resourceUsage().maxRSS));
await import(${JSON.stringify(new URL('../dist/bin/pledge.js', import.meta.url).href)});`;

export async function bench() {
  const log = path('../../shared/data/italian_helpdesk.csv.gz');
  if (!existsSync(log)) {
    console.error(`The log ${log} is not there; the last results stay as they are.`);
    return [];
  }
  return inFolder((folder) => {
    const args = ['--input-type=module', '-e', program, 'import', log, '--format', 'italian-helpdesk'];
    const began = performance.now();
    const { stdout, stderr, status } = spawnSync(process.execPath, args, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PLEDGE_DATA: `${folder}/data` },
    });
    if (status !== 0) throw new Error(stderr);
    const seconds = (performance.now() - began) / 1000;
    const events = Number(/\((\d+) events/.exec(stdout)?.[1]);
    const peak = Number(/peak (\d+)/.exec(stdout)?.[1]) / 1024;
    return [
      { name: 'events', value: events, unit: 'events' },
      { name: 'import, start to end', value: events / seconds, unit: 'events/s' },
      { name: 'peak memory', value: peak, unit: 'MiB' },
    ];
  });
}
