import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { type Instant } from '../business-time/calendar.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { formats } from '../imports/formats.js';
import { type Counts, importLog } from '../imports/import-log.js';
import { type ImportFormat, type ImportRow } from '../imports/import-record.js';
import { startImport } from '../imports/import-sink.js';
import { type LogFile } from '../imports/mapping/joined-log.js';
import { mappedLog, mappedRows } from '../imports/mapping/mapped-log.js';
import { readMapping } from '../imports/mapping/read-mapping.js';
import { expectFile, readLog } from '../imports/read-log.js';
import { Survey } from '../imports/survey.js';
import { finishImport } from '../imports/finish-import.js';
import { presetFile, presets } from '../imports/presets.js';
import { openPledgeContext } from '../app/pledge-context.js';
import { type ProjectionStatus } from '../event-sourcing/progress.js';
import { allProcessors } from '../app/background-processors.js';
import { instant } from './arguments.js';
import { complain, print, tellingPeople } from './print.js';
import { progressOn } from './progress-bar.js';
import { Rejects } from './rejects.js';
import { settingsHere } from './settings-here.js';

interface Options {
  readonly format: string;
  readonly mapping?: string;
  readonly preset?: (typeof presets)[number];
  readonly source?: string;
  readonly rejects?: string;
  readonly judgedFrom?: Instant;
  readonly skipUnmapped?: boolean;
}

export const importCommand = new Command('import')
  .description('record the tickets of a log; you may stop it and run it again')
  .argument(
    '<files...>',
    'the log, plain or gzip; several files of one desk by a mapping of several parts; - for stdin',
  )
  .addOption(
    new Option('--format <name>', 'what kind of log').choices(formats.map(({ name }) => name)).default('pledge'),
  )
  .addOption(
    new Option('--mapping <file>', 'how to read a log of your own, CSV or JSON (docs/mappings.md)').conflicts('format'),
  )
  .option(
    '--source <name>',
    'the system that wrote the log; ids derive from it (default: of the mapping, or the name of the format)',
  )
  .option('--rejects <file>', 'the file for rejected rows (default: FILE.rejects.ndjson)')
  .option('--skip-unmapped', 'reject rows with cells that the mapping does not know, in place of importing nothing')
  .option('--judged-from <instant>', 'tickets opened before this instant are recorded, but not judged', instant)
  .addHelpText(
    'after',
    `\nFormats:\n${formats.map(({ name, summary }) => `  ${name.padEnd(18)}${summary}`).join('\n')}`,
  )
  .action(importFiles);

async function importFiles(files: readonly string[], options: Options): Promise<void> {
  const { rejects, judgedFrom } = options;
  const [file = '-'] = files;
  const mappingFile = options.preset === undefined ? options.mapping : presetFile(options.preset);
  const mapping = mappingFile === undefined ? undefined : await readMapping(mappingFile);
  const format = mapping === undefined ? formatNamed(options.format) : mappedLog(mapping);
  if (files.length > 1 && (mapping?.isJoined !== true || files.includes('-')))
    throw new Rejection('ONE_FILE_ONLY', 'Several files need a mapping of several parts, and cannot be piped in.');
  const read = () =>
    mapping === undefined ? format.read(readLog(file, process.stdin)) : mappedRows(files.map(logFile), mapping);
  const source = options.source ?? mapping?.source ?? format.name;
  const survey = file === '-' ? undefined : await surveyOf(files, read, source);
  const unmapped = options.skipUnmapped === true ? undefined : survey?.unmapped.refusal;
  const refusal = unmapped ?? survey?.backwardsRefusal;
  if (refusal !== undefined) {
    survey?.close();
    throw refusal;
  }
  const rejectsFile = rejects ?? `${file === '-' ? 'import' : basename(file)}.rejects.ndjson`;

  const stop = new AbortController();
  // It stops as at a signal: what is under way is recorded, and the next run goes on.
  const writer = new Rejects(rejectsFile, () => {
    stop.abort();
  });
  const context = await openPledgeContext(settingsHere(), `import ${files.join(' ')}`, {
    holidaysApart: true,
    finding: tellingPeople,
  });
  const onSignal = () => {
    stop.abort();
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    for (const plan of mapping?.plans ?? []) await context.catalogue.expectPlan(plan);
    for (const calendar of mapping?.calendars ?? []) await context.catalogue.expectCalendar(calendar);
    for (const { list, word } of mapping?.words ?? [])
      await context.catalogue.expectWord(list, word, context.time.now());
    const actor = { id: `pledge import ${source}`, kind: 'system' } as const;
    const log = await startImport(context, { source, format: format.name, judgedFrom, actor });
    if (log.isResumed)
      print(`Continuing the import of ${source} that started ${new Date(log.startedAt).toISOString()}.`);
    const progress = progressOn({ stream: process.stderr, now: context.time.now, unit: 'rows', total: survey?.rows });
    const began = context.time.now();
    const progressed = ({ rows, rejected }: Counts) => {
      progress.show(rows, `${rejected} rejected`);
    };
    const sinks = { sink: log, rejected: writer.write, progressed };
    const found = survey === undefined ? {} : { survey };
    const counts = await importLog(read(), { source, signal: stop.signal, ...sinks, ...found }).finally(() => {
      progress.end();
      writer.end();
    });
    if (writer.fault !== undefined) throw writer.fault;
    if (stop.signal.aborted) {
      print(`Stopped; run it again to continue. ${inWords(counts)}.`);
      process.exitCode = 130;
      return;
    }
    const { store, projections, work } = context;
    const failed = ({ name, error }: ProjectionStatus) => {
      complain(`projection ${name} stopped: ${error ?? '?'}`);
    };
    await finishImport(log, counts, { store, projections, processors: allProcessors(work), failed });
    const seconds = (context.time.now() - began) / 1000;
    print(`Imported ${source} in ${seconds.toFixed(1)} s: ${inWords(counts)}.`);
    if (!counts.unknownWords.isEmpty) {
      print('Words that the desk does not have; define them (docs/plans.md), or map them to others:');
      print(...counts.unknownWords.lines().map((line) => `  ${line}`));
    }
    const noticed = counts.noticed.lines();
    if (noticed.length > 0)
      print('Facts that count for nothing, or in another way than the log says (docs/imports.md):');
    print(...noticed.map((line) => `  ${line}`), ...counts.noticed.defaultPlanLines(context.catalogue.defaultPlan));
    if (counts.rejected > 0) print(`Rejected rows, each with its reason: ${rejectsFile}`);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    survey?.close();
    await context.close();
  }
}

function formatNamed(name: string): ImportFormat {
  const format = formats.find((known) => known.name === name);
  if (format === undefined) throw new Rejection('UNKNOWN_FORMAT', `There is no format ${name}.`);
  return format;
}

const inWords = ({ rows, recorded, alreadySo, rejected, events }: Counts) =>
  `${rows} rows, ${recorded} facts recorded (${events} events in all), ${alreadySo} already recorded, ${rejected} rejected`;

/**
 * Reads a log through once before anything is written: one that is cut off or malformed as a whole changes nothing. Tells
 * how many rows there are, and which tickets they open.
 */
async function surveyOf(
  files: readonly string[],
  read: () => AsyncIterable<ImportRow>,
  source: string,
): Promise<Survey> {
  for (const file of files) await expectFile(file);
  const survey = new Survey(source);
  for await (const row of read()) survey.take(row);
  return survey;
}

const logFile = (file: string): LogFile => ({ name: basename(file), bytes: () => readLog(file, process.stdin) });
