import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { newFolder } from '../support/api.js';
import { times } from '../support/lengths.js';
import { pledge } from '../support/pledge.js';

const data = join(process.cwd(), '../shared/data');

/** A real log imported whole, under the example's own plan. */
async function imported(example: string, log: string) {
  const folder = newFolder();
  const [plans, mapping] = ['plans.yaml', 'mapping.yaml'].map((file) => resolve('examples', example, file)) as [
    string,
    string,
  ];
  expect(await pledge(folder, ['plans', 'apply', plans, '--yes'])).toMatchObject({ code: 0 });
  const result = await pledge(folder, ['import', log, '--mapping', mapping]);
  return { folder, ...result };
}

/** A test that needs a log which is not part of the project. */
function withLog(name: string, says: string, test: (log: string) => Promise<void>): void {
  const log = join(data, name);
  const isThere = existsSync(log);
  if (!isThere) console.warn(`skipped: ${log} is not there`);
  (isThere ? it : it.skip)(says, () => test(log), times({ short: 300_000, long: 1_200_000 }));
}

/** Every so many tickets go in: every one of them in the long run. */
const every = times({ short: 20, long: 1 });

/** Some tickets of a log whose rows of a ticket follow each other, each whole: a file of them, and how much is in it. */
function partOf(log: string): { readonly part: string; readonly rows: number; readonly tickets: number } {
  const [header = '', ...lines] = gunzipSync(readFileSync(log)).toString().trimEnd().split('\n');
  let tickets = 0;
  let last: string | undefined;
  const rows = lines.filter((line) => {
    const [ticket] = line.split(',', 1);
    if (ticket !== last) tickets += 1;
    last = ticket;
    return (tickets - 1) % every === 0;
  });
  const part = join(newFolder(), 'log.csv');
  writeFileSync(part, [header, ...rows].join('\n'));
  return { part, rows: rows.length, tickets: Math.ceil(tickets / every) };
}

describe('a real log', () => {
  withLog(
    'servicenow_incident_event_log.csv.gz',
    'of ServiceNow: Pledge agrees with its own verdicts in at least 99.8 % of all incidents',
    async (log) => {
      const { part, rows, tickets } = partOf(log);
      if (every === 1) expect([rows, tickets]).toEqual([113_321, 19_875]);
      const { folder, stdout } = await imported('servicenow', part);
      expect(stdout).toMatch(new RegExp(`: ${rows} rows, .* 0 rejected`));
      const atLeast = every === 1 ? '99.8' : '99.5'; // of a part, each that differs counts for more
      const compared = await pledge(folder, [
        ...['compare', '--verdicts', part, '--column', 'made_sla', '--at-least', atLeast, '--json'],
      ]);
      expect(compared).toMatchObject({ code: 0, stderr: '' });
      const { agree, disagree, open, unclear, disagreements } = JSON.parse(compared.stdout) as Record<
        string,
        number
      > & {
        readonly disagreements: readonly { readonly explanation: object | null }[];
      };
      expect(Number(agree) + Number(disagree)).toBe(tickets);
      expect([open, unclear]).toEqual([0, 0]);
      expect(disagreements).toHaveLength(Number(disagree));
      for (const { explanation } of disagreements) expect(explanation).toMatchObject({ metric: 'resolution' });
    },
  );

  withLog('italian_helpdesk.csv.gz', 'of an Italian help desk goes in whole, by its example', async (log) => {
    expect((await imported('italian-helpdesk', log)).stdout).toMatch(/: 21348 rows, .* 0 rejected/);
  });

  withLog('volvo_closed_problems.csv', "of Volvo's problems goes in whole, by its example, and once", async (log) => {
    const { folder, stdout } = await imported('volvo', log);
    expect(stdout).toMatch(/: 6660 rows, .* 0 rejected/);
    const again = await pledge(folder, ['import', log, '--mapping', resolve('examples/volvo/mapping.yaml')]);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining(' 0 facts recorded (0 events') });
  });
});
