import {
  type Calendar,
  type CalendarDefinition,
  type DayRule,
  type Instant,
  InvalidCalendar,
  type Span,
  type Target,
} from '../business-time/calendar.js';
import { expectModest } from '../business-time/calendar-limits.js';
import { compileCalendar } from '../business-time/compile-calendar.js';
import { clip, layOutTarget } from '../business-time/deadline.js';
import { moveByPauses, uniteSpans } from '../business-time/pauses.js';
import { FieldFault, instant, listOf, object, oneOf, optional } from '../parsing/fields.js';
import { type Line, linesOf } from '../imports/lines.js';

const minute = 60_000;

type Answer =
  | { readonly id: unknown; readonly result: string | number }
  | { readonly id: unknown; readonly error: { readonly code: string; readonly message: string } };

/** An answer a line for each question of some NDJSON, in their order; one without sense is answered with its error. */
export async function* answersTo(questions: AsyncIterable<Buffer>): AsyncGenerator<string, void, undefined> {
  for await (const line of linesOf(questions)) {
    const answer = answerLine(line);
    if (answer !== undefined) yield JSON.stringify(answer);
  }
}

/** Undefined for an empty line. */
function answerLine(line: Line): Answer | undefined {
  if ('fault' in line) return refused(null, 'LINE_NOT_READABLE', `line ${line.number}: ${line.fault}`);
  if (line.text.trim() === '') return undefined;
  let asked: unknown;
  try {
    asked = JSON.parse(line.text);
  } catch {
    return refused(null, 'LINE_NOT_JSON', `line ${line.number} is not JSON`);
  }
  return answerQuestion(asked);
}

function answerQuestion(asked: unknown): Answer {
  const id = typeof asked === 'object' && asked !== null && 'id' in asked ? asked.id : null;
  try {
    return { id, result: resultOf(object(asked, 'the question')) };
  } catch (error) {
    if (error instanceof InvalidCalendar) return refused(id, error.code, `${error.field}: ${error.message}`);
    if (error instanceof FieldFault) return refused(id, 'INVALID_QUESTION', error.message);
    // The other questions have a right to their answers.
    return refused(id, 'UNEXPECTED', error instanceof Error ? error.message : String(error));
  }
}

const refused = (id: unknown, code: string, message: string): Answer => ({ id, error: { code, message } });

function resultOf(question: Record<string, unknown>): string | number {
  const kind = oneOf(['add', 'between', 'due'])(question['kind'], 'kind');
  const calendar = calendarOf(question);
  const from = instant(question['from'], 'from');
  const pauses = optional(listOf(10_000, pause))(question['pauses'], 'pauses') ?? [];
  switch (kind) {
    case 'add':
      return toText(add(calendar, from, minutes(question['minutes']), pauses));
    case 'between':
      return between(calendar, from, instant(question['to'], 'to'), pauses) / minute;
    case 'due':
      calendar.nextOpening(from); // refuses a calendar without one within ten years
      return toText(layOutTarget(calendar, from, target(question['target']), pauses).dueAt);
  }
}

function add(calendar: Calendar, from: Instant, amount: number, pauses: readonly Span[]): Instant {
  if (amount < 0 && pauses.length > 0) throw new FieldFault('pauses move a deadline, so minutes must not be negative');
  if (amount > 0) calendar.nextOpening(from);
  return moveByPauses(calendar.add(from, amount), clip(pauses, from, Infinity), calendar);
}

/** Open time, pauses left out. */
function between(calendar: Calendar, from: Instant, to: Instant, pauses: readonly Span[]): number {
  if (to < from) return 0 - between(calendar, to, from, pauses);
  return uniteSpans(clip(pauses, from, to)).reduce(
    (open, pause) => open - calendar.between(pause.from, pause.to),
    calendar.between(from, to),
  );
}

const toText = (at: Instant) => new Date(at).toISOString();

/** Business time in minutes, to the millisecond. */
function minutes(value: unknown): number {
  if (typeof value === 'number') return Math.round(value * minute);
  throw new FieldFault('minutes must be a number');
}

function pause(value: unknown, field: string): Span {
  const [from, to] = listOf(2, instant)(value, field);
  if (from === undefined || to === undefined || to < from)
    throw new FieldFault(`${field} must be two instants, the earlier one first`);
  return { from, to };
}

function target(value: unknown): Target {
  const { amount, unit: word, rule } = object(value, 'target');
  if (typeof amount !== 'number') throw new FieldFault('target.amount must be a number');
  const unit = oneOf(['seconds', 'minutes', 'hours', 'businessDays'])(word, 'target.unit');
  if (unit !== 'businessDays') return { amount, unit };
  const rules = oneOf<DayRule>(['sameTime', 'endOfDay', 'workingHours']);
  return { amount, unit, rule: optional(rules)(rule, 'target.rule') ?? 'sameTime' };
}

/** Tables of deadlines ask about few calendars again and again. */
const compiled = new Map<string, Calendar>();
const mostCompiled = 500;

function calendarOf(question: Record<string, unknown>): Calendar {
  const { timeZone, weekly, holidays, dates, nominalDayMinutes } = question;
  if ('holidaysFrom' in question) throw new FieldFault('holidaysFrom is not possible here; give dates');
  const key = JSON.stringify([timeZone, weekly, holidays, dates, nominalDayMinutes]);
  let calendar = compiled.get(key);
  if (calendar === undefined) {
    const definition = { timeZone, weekly, holidays, dates, nominalDayMinutes };
    expectModest(definition as CalendarDefinition);
    calendar = compileCalendar(definition as CalendarDefinition);
    if (compiled.size >= mostCompiled) compiled.clear();
    compiled.set(key, calendar);
  }
  return calendar;
}
