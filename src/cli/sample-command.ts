import { Command, InvalidArgumentError } from 'commander';
import { type Instant } from '../business-time/calendar.js';
import { sampleLog } from '../imports/sample.js';
import { instant } from './arguments.js';
import { printAll, printsAlone } from './print.js';

const whole = (text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('Give a whole number above 0.');
  return number;
};

interface Options {
  readonly tickets: number;
  readonly days: number;
  readonly seed: number;
  readonly until?: Instant;
  readonly timeZone: string;
}

export const sampleCommand = new Command('sample')
  .description('write an invented log, for a first try: "pledge sample | pledge import -"')
  .option('--tickets <n>', 'how many tickets', whole, 1_000)
  .option('--days <n>', 'over how many days', whole, 90)
  .option('--seed <n>', 'the same seed and end give the same log', whole, 1)
  .option('--until <instant>', 'where it ends (default: the last full hour)', instant)
  .option('--time-zone <zone>', 'where its desk works', 'UTC')
  .action(async ({ tickets, days, seed, until, timeZone }: Options) => {
    const end = until ?? Math.floor(Date.now() / 3_600_000) * 3_600_000;
    printsAlone();
    await printAll(sampleLog({ tickets, days, seed, until: end, timeZone }));
  });
