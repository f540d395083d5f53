import { Command, InvalidArgumentError, Option } from 'commander';
import { DateTime, Duration } from 'luxon';
import { type DayRule, type Target } from '../business-time/calendar.js';
import { readLog } from '../imports/read-log.js';
import { openForReading } from '../app/pledge-context.js';
import { Catalogue } from '../catalogue/catalogue.js';
import { type Metric, metrics } from '../catalogue/domain/plan.js';
import { type DueAnswer, whatIsDue } from '../catalogue/due-at.js';
import { customerId, instant } from './arguments.js';
import { answersTo } from './due-cases.js';
import { print, printAll, printsAlone } from './print.js';
import { settingsHere } from './settings-here.js';

const number = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('Give a number, for example 4.5.');
  return value;
};

const pause = (text: string, before: readonly { readonly from: number; readonly to: number }[] = []) => {
  const [from = '', to = '', ...rest] = text.split('/');
  if (to === '' || rest.length > 0) throw new InvalidArgumentError('Give two instants as FROM/TO.');
  return [...before, { from: instant(from), to: instant(to) }];
};

interface Options {
  readonly cases?: string;
  readonly from?: number;
  readonly calendar?: string;
  readonly plan?: string;
  readonly customer?: string;
  readonly minutes?: number;
  readonly hours?: number;
  readonly businessDays?: number;
  readonly rule: DayRule;
  readonly metric: Metric;
  readonly type: string;
  readonly channel: string;
  readonly priority: string;
  readonly pause?: readonly { readonly from: number; readonly to: number }[];
  readonly json?: boolean;
}

export const dueCommand = new Command('due')
  .description('show when something is due, and why; or answer a file of questions')
  .option('--cases <file>', 'answer the questions of this NDJSON file, one answer a line (docs/due.md); - for stdin')
  .option('--from <instant>', 'when the clock starts', instant)
  .option('--calendar <code>', 'under a calendar by itself')
  .option('--plan <code>', "under a plan (default: the customer's, else the default one)")
  .option('--customer <id>', 'for a customer', customerId)
  .addOption(
    new Option('--minutes <n>', 'so many minutes of business time')
      .argParser(number)
      .conflicts(['hours', 'businessDays']),
  )
  .addOption(new Option('--hours <n>', 'so many hours of business time').argParser(number).conflicts('businessDays'))
  .option('--business-days <n>', 'so many business days', number)
  .addOption(
    new Option('--rule <rule>', 'what business days mean')
      .choices(['sameTime', 'endOfDay', 'workingHours'])
      .default('sameTime'),
  )
  .addOption(
    new Option('--metric <metric>', 'without a length of time: the metric that the plan promises')
      .choices(metrics)
      .default(metrics[0]),
  )
  .option('--type <type>', 'for a ticket of this type', 'productBug')
  .option('--channel <channel>', 'for a ticket by this channel', 'email')
  .option('--priority <priority>', 'for a ticket of this priority', 'normal')
  .option('--pause <from/to>', 'the clock stands still between two instants; may be given several times', pause)
  .option('--json', 'the answer as JSON')
  .action(async (options: Options, command: Command) => {
    printsAlone();
    if (options.cases !== undefined) return printAll(answersTo(readLog(options.cases, process.stdin)));
    if (options.from === undefined) command.error('error: give --from INSTANT, or --cases FILE');
    const answer = await ask({ ...options, from: options.from });
    print(...(options.json === true ? [JSON.stringify(toJson(answer))] : explain(answer)));
  });

async function ask({ from, ...options }: Options & { readonly from: number }): Promise<DueAnswer> {
  const settings = settingsHere();
  const log = await openForReading(settings);
  try {
    const {
      calendar = null,
      plan = null,
      customer = null,
      metric,
      type,
      channel,
      priority,
      pause: pauses = [],
    } = options;
    const ticket = { metric, type, channel, priority };
    const target = targetOf(options);
    return await whatIsDue(new Catalogue(log.store, settings.defaultPlan), {
      ...{ from, calendar, plan, customer, target, pauses },
      ...ticket,
    });
  } finally {
    await log.close();
  }
}

function targetOf({ minutes, hours, businessDays, rule }: Options): Target | null {
  if (minutes !== undefined) return { amount: minutes, unit: 'minutes' };
  if (hours !== undefined) return { amount: hours, unit: 'hours' };
  if (businessDays !== undefined) return { amount: businessDays, unit: 'businessDays', rule };
  return null;
}

const utc = (at: number) => new Date(at).toISOString();

const toJson = ({ from, dueAt, openSpans, ...rest }: DueAnswer) => ({
  ...{ from: utc(from), dueAt: utc(dueAt), ...rest },
  openSpans: openSpans.map((span) => ({ from: utc(span.from), to: utc(span.to) })),
});

function explain({ from, dueAt, target, calendar, plan, timeZone, openSpans, ...rest }: DueAnswer): readonly string[] {
  const local = (at: number) => DateTime.fromMillis(at, { zone: timeZone }).setLocale('en-GB');
  const full = (at: number) => local(at).toFormat('ccc yyyy-LL-dd HH:mm:ss ZZ');
  const rule = target.unit === 'businessDays' ? ` (${target.rule ?? 'sameTime'})` : '';
  const version = (ref: { readonly code: string; readonly version: number }) => `${ref.code} version ${ref.version}`;
  const under = plan === null ? '' : `, plan ${version(plan)}`;
  const length = (ms: number) => Duration.fromMillis(ms).toFormat('hh:mm:ss');
  return [
    `Due ${utc(dueAt)}, ${full(dueAt)} in ${timeZone}`,
    `${target.amount} ${target.unit}${rule} from ${full(from)}, calendar ${version(calendar)}${under}`,
    ...(rest.isBeyondKnownHolidays
      ? ['The calendar does not know all holidays of this time; an unknown holiday may move the deadline.']
      : []),
    `The ${length(rest.openMs)} of open time:`,
    ...openSpans.map((span) => `  ${full(span.from)} – ${full(span.to)}  ${length(span.to - span.from)}`),
    ...(rest.hasMoreOpenSpans ? ['  and more'] : []),
  ];
}
