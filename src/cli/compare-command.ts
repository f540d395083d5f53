import { Command, InvalidArgumentError, Option } from 'commander';
import { type Compared, compareVerdicts, expectTickets, type Naming } from '../audit/compare-verdicts.js';
import { explainRun, type RunExplained } from '../audit/explain-run.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { readMapping } from '../imports/mapping/read-mapping.js';
import { expectFile, readLog } from '../imports/read-log.js';
import { readVerdicts } from '../imports/verdicts.js';
import { type ReadOnlyContext, openForReading } from '../app/pledge-context.js';
import { Catalogue } from '../catalogue/catalogue.js';
import { type Metric, metrics } from '../catalogue/domain/plan.js';
import { deriveId } from '../event-sourcing/derive-id.js';
import { describeDisagreement, summaryOf, tally, type Tally } from './compare-text.js';
import { print, printsAlone } from './print.js';
import { settingsHere } from './settings-here.js';

interface Options {
  readonly verdicts: string;
  readonly column: string;
  readonly id?: string;
  readonly metric: Metric;
  readonly met?: readonly string[];
  readonly mapping?: string;
  readonly source?: string;
  readonly atLeast: number;
  readonly json?: boolean;
}

const percent = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 100))
    throw new InvalidArgumentError('Give a percentage from 0 to 100, for example 95.');
  return value;
};

export const compareCommand = new Command('compare')
  .description("compare Pledge's verdicts with those of another system, and explain where they differ")
  .requiredOption('--verdicts <file>', 'CSV, plain or gzip; of several rows of a ticket the last counts; - for stdin')
  .requiredOption('--column <name>', 'the column of the verdict')
  .option('--id <name>', "the column of the ticket's reference (default: the mapping's ticket, or the first column)")
  .option('--met <cell...>', 'the cells that mean met; all others mean breached (default: true, yes, met, …)')
  .addOption(
    new Option('--metric <metric>', 'the promise that the verdicts are about').choices(metrics).default('resolution'),
  )
  .option('--mapping <file>', 'read the file as this mapping does, and compare only tickets of its source')
  .option('--source <name>', 'compare only tickets of this source')
  .option('--at-least <percent>', 'succeed if at least this percentage agrees', percent, 100)
  .option('--json', 'the comparison as JSON')
  .action(async (options: Options) => {
    printsAlone();
    const settings = settingsHere();
    const context = await openForReading(settings);
    try {
      const share = await compare(context, new Catalogue(context.store, settings.defaultPlan), options);
      if (share >= options.atLeast) return;
      throw new Rejection('VERDICTS_DIFFER', `${share.toFixed(2)} % agree; --at-least requires ${options.atLeast} %.`);
    } finally {
      await context.close();
    }
  });

/** Prints the comparison, and answers the share of verdicts that agree, in percent. */
async function compare(
  { store, db }: ReadOnlyContext,
  catalogue: Catalogue,
  { verdicts: file, column, id, metric, met, mapping: mappingFile, source, json }: Options,
): Promise<number> {
  if (file !== '-') await expectFile(file);
  if (db === undefined)
    throw new Rejection('DATA_NOT_FOUND', 'There are no read models yet; run import or serve first.');
  const mapping = mappingFile === undefined ? undefined : await readMapping(mappingFile);
  const given = { ...(id === undefined ? {} : { id }), ...(met === undefined ? {} : { met }) };
  const columns = { column, ...given, ...(mapping === undefined ? {} : { mapping }) };
  const verdicts = await readVerdicts(readLog(file, process.stdin), columns);

  const from = source ?? mapping?.source;
  const naming = namingOf(from);
  if (verdicts.of.size > 0) await expectTickets(db, [...verdicts.of.keys()], naming, from);
  const counts: Tally = tally(verdicts.unclear);
  const disagreements: object[] = [];
  for await (const one of compareVerdicts(db, verdicts.of, metric, naming)) {
    counts.add(one);
    if (one.agree !== false) continue;
    const why = await explain(one, { store, catalogue });
    if (json === true) disagreements.push({ ...one, explanation: why });
    else print(...describeDisagreement(one, why, { column, metric }));
  }
  const whole = { column, metric, ...counts.figures(), disagreements };
  print(...(json === true ? [JSON.stringify(whole, withInstants)] : summaryOf(counts.figures(), column)));
  return counts.figures().agreement;
}

const namingOf = (source: string | undefined): Naming =>
  source === undefined ? { by: 'reference' } : { by: 'id', idOf: (name) => deriveId('ticket', source, name) };

const explain = (
  { ticket, run }: Compared,
  ports: Parameters<typeof explainRun>[0],
): Promise<RunExplained> | undefined =>
  ticket === null || run === null ? undefined : explainRun(ports, 'everyone', ticket, run);

/** Instants as people and other programs read them. */
const withInstants = (key: string, value: unknown) =>
  typeof value === 'number' && /(^at|At|^from|^to)$/.test(key) ? new Date(value).toISOString() : value;
