import { JSONParser } from '@streamparser/json';
import { Rejection } from '../event-sourcing/rejection.js';
import { longestRaw } from './import-record.js';
import { standIn, textOfLog } from './log-text.js';
import { type NoRow } from './row.js';

/** A record of a JSON file: a value in the list of which the path is said. */
export interface JsonRecord {
  /** The line it stands on, where each line is a value; else its number. */
  readonly line: number;
  /** The path by which it was found. */
  readonly path: string;
  readonly value: unknown;
}

/** What is taken for the first line, to see whether each line is a value. */
const longestFirstLine = 1024 * 1024;
/** A line longer than this is none. */
const longestLine = 64 * 1024 * 1024;

/**
 * The records of a JSON file: a list, an object with lists in it, or values one after another, each on a line or not. The paths
 * say which lists have the records; an empty path means the values themselves, or those of the list that the file is.
 * Memory does not grow with the file, but with its largest record.
 * @throws Rejection `LOG_MALFORMED`
 */
export async function* jsonRecords(
  bytes: AsyncIterable<Buffer>,
  paths: readonly string[],
  encoding?: string,
): AsyncGenerator<JsonRecord | NoRow, void, undefined> {
  const texts = textOfLog(bytes, encoding);
  try {
    let begin = '';
    for (let next = await texts.next(); next.done !== true; next = await texts.next()) {
      begin = (begin + next.value).trimStart();
      if (begin.length > longestFirstLine || (begin.length > 1 && next.value.includes('\n'))) break;
    }
    begin = begin.replace(/^\uFEFF/, '').trimStart();
    const [first = ''] = begin.split('\n', 1);
    const whole = allOf(begin, texts);
    yield* begin.startsWith('{') && isJson(first)
      ? inLines(whole, paths)
      : inDocument(whole, paths, begin.startsWith('['));
  } finally {
    await texts.return();
  }
}

async function* allOf(begin: string, rest: AsyncGenerator<string, void>): AsyncGenerator<string, void, undefined> {
  yield begin.replaceAll(standIn, '\uFFFD');
  for await (const text of rest) yield text.replaceAll(standIn, '\uFFFD');
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** A line that is no JSON is told of, alone. */
async function* inLines(
  texts: AsyncIterable<string>,
  paths: readonly string[],
): AsyncGenerator<JsonRecord | NoRow, void, undefined> {
  let line = 0;
  for await (const text of linesIn(texts)) {
    line += 1;
    if (text.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      yield { line, fault: 'the line is not JSON', raw: () => text.slice(0, longestRaw) };
      continue;
    }
    for (const path of paths) for (const one of found(value, path)) yield { line, path, value: one };
  }
}

async function* linesIn(texts: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let kept = '';
  for await (const text of texts) {
    const lines = (kept + text).split('\n');
    kept = lines.pop() ?? '';
    if (kept.length > longestLine) throw new Rejection('LOG_MALFORMED', 'A line of the JSON is longer than 64 MiB.');
    yield* lines;
  }
  yield kept;
}

/** The values of a list in a value, or the value itself. */
function found(value: unknown, path: string): readonly unknown[] {
  let list = value;
  for (const key of path === '' ? [] : path.split('.'))
    list = typeof list === 'object' && list !== null ? (list as Readonly<Record<string, unknown>>)[key] : undefined;
  return list === undefined || list === null ? [] : Array.isArray(list) ? (list as readonly unknown[]) : [list];
}

async function* inDocument(
  texts: AsyncIterable<string>,
  paths: readonly string[],
  isList: boolean,
): AsyncGenerator<JsonRecord, void, undefined> {
  const root = isList ? '$.*' : '$';
  const parser = new JSONParser({
    ...{ paths: paths.map((path) => (path === '' ? root : `${root}.${path}.*`)), keepStack: false },
    separator: '',
  });
  let records: JsonRecord[] = [];
  let count = 0;
  parser.onValue = ({ value, stack }) => {
    count += 1;
    const keys = stack.map(({ key }) => key).filter((key) => typeof key === 'string');
    const path = paths.length === 1 ? paths[0] : keys.join('.');
    records.push({ line: count, path: path ?? '', value });
  };
  let fault: Error | undefined;
  parser.onError = (error) => {
    fault ??= error;
  };
  let length = 0;
  for await (const text of texts) {
    parser.write(text);
    if (fault !== undefined) throw malformed(fault);
    length = records.length > 0 ? 0 : length + text.length;
    if (length > longestLine && !isList && paths.includes('')) throw tooLarge;
    yield* records;
    records = [];
  }
  if (!parser.isEnded) parser.end();
  if (fault !== undefined) throw malformed(fault);
  yield* records;
}

const tooLarge = new Rejection(
  'LOG_MALFORMED',
  'The JSON is an object of more than 64 MiB; say in json.records which list in it has the records.',
);

function malformed({ message }: Error): Rejection {
  const place = /absolute position "(\d+)"/.exec(message)?.[1];
  const where = place === undefined ? 'it ends in the middle of a value' : `there is a mistake at character ${place}`;
  return new Rejection('LOG_MALFORMED', `The file begins like JSON, but ${where}.`);
}
