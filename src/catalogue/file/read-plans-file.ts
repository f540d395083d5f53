import { type DayRule, type Instant, type Target } from '../../business-time/calendar.js';
import { type CalendarSource } from '../../business-time/holiday-sources.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import {
  customerId,
  FieldFault,
  fields,
  flag,
  given,
  instant,
  listOf,
  number,
  object,
  oneOf,
  optional,
  type Read,
  readEach,
  text,
  wholeNumber,
  word,
} from '../../parsing/fields.js';
import { readYaml, YamlFault } from '../../parsing/read-yaml.js';
import { type CalendarChange } from '../commands/change-calendar.js';
import { benefits, eachMetric, metrics, pauseReasons, type Plan, type PlanTarget } from '../domain/plan.js';
import { planDefaults } from '../domain/plan-defaults.js';
import { type WordList } from '../domain/words.js';
import { mostWords } from '../domain/words-decider.js';
import { wordKey } from '../../parsing/word.js';

/** What a version after the first may say beside its content. */
interface Revision {
  readonly effectiveFrom: Instant | undefined;
  readonly appliesToOpenTickets: boolean;
}

export interface CustomerEntry {
  readonly customer: string;
  /** Left out, it stays as it was. */
  readonly name: string | undefined;
  readonly plan: string;
  readonly calendar: string | null;
  readonly effectiveFrom: Instant | undefined;
  /** When its enrolment ends; it does not, if it is left out. */
  readonly until: Instant | undefined;
}

/** Two ids of one company: the one is joined to the other. */
export interface JoinEntry {
  readonly from: string;
  readonly into: string;
  readonly effectiveFrom: Instant | undefined;
}

export interface WordEntry {
  readonly list: WordList;
  readonly code: string;
  /** Left out, both stay as they were. */
  readonly name: string | undefined;
  readonly rank: number | undefined;
  /** Left out, it stays as it is. */
  readonly isRetired: boolean | undefined;
  /** When a retirement begins; now, if it is left out. */
  readonly effectiveFrom: Instant | undefined;
}

/** The catalogue as people write it. `docs/plans.md` has every field. */
export interface PlansFile {
  readonly types: readonly WordEntry[];
  readonly channels: readonly WordEntry[];
  readonly priorities: readonly WordEntry[];
  readonly calendars: readonly (Revision & { readonly calendar: CalendarChange })[];
  readonly plans: readonly (Revision & { readonly plan: Plan; readonly isRetired: boolean })[];
  readonly customers: readonly CustomerEntry[];
  readonly joins: readonly JoinEntry[];
}

/**
 * Reads a file of plans: YAML, of which JSON is a part.
 * @throws Rejection `MALFORMED_FILE` with the line, `INVALID_FIELD` with the path
 */
export function readPlansFile(source: string, name = 'the file'): PlansFile {
  try {
    return file(object(readYaml(source) ?? {}, 'the file'));
  } catch (fault) {
    if (fault instanceof YamlFault) throw new Rejection('MALFORMED_FILE', `${name}, ${fault.message}.`);
    if (fault instanceof FieldFault) throw new Rejection('INVALID_FIELD', `${fault.message}.`);
    throw fault;
  }
}

type Entry = Record<string, unknown>;

/** An entry of a list, by its fields; faults name its path. */
const entry =
  <Value>(read: (value: Entry, path: string) => Value): Read<Value> =>
  (value, field) =>
    read(object(value, field), `${field}.`);

const code: Read<string> = (value, field) => {
  if (typeof value === 'string' && /^[\w.-]{1,60}$/.test(value)) return value;
  throw new FieldFault(`${field} must be 1 to 60 letters, digits or . - _`);
};

const rank = wholeNumber(1_000);

const revision = { effectiveFrom: optional(instant), appliesToOpenTickets: optional(flag) };

const definitionShape = {
  ...{ timeZone: text(100), weekly: object, holidays: optional(listOf(5_000, (holiday) => holiday)) },
  ...{ holidaysFrom: optional(listOf(20, object)), holidaysKnownFrom: optional(text(10)) },
  ...{ holidaysKnownUntil: optional(text(10)), dates: optional(object), nominalDayMinutes: optional(number) },
};

const calendar = entry((value, path) => {
  const shape = { code, name: text(200), definition: object, ...revision };
  const { definition, effectiveFrom, appliesToOpenTickets = false, ...named } = fields(shape, value, path);
  // What is in it is checked where calendars are compiled, with its path.
  const source = given(fields(definitionShape, definition, `${path}definition.`)) as unknown as CalendarSource;
  return { calendar: { ...named, definition: source }, effectiveFrom, appliesToOpenTickets };
});

const target: Read<Target> = entry((value, path) => {
  const rules: readonly DayRule[] = ['sameTime', 'endOfDay', 'workingHours'];
  const units = ['seconds', 'minutes', 'hours', 'businessDays'] as const;
  const shape = { amount: number, unit: oneOf(units), rule: optional(oneOf(rules)) };
  const { amount, unit, rule } = fields(shape, value, path);
  if (unit === 'businessDays') return { amount, unit, rule: rule ?? 'sameTime' };
  if (rule !== undefined) throw new FieldFault(`${path}rule is for businessDays`);
  return { amount, unit };
});

const promise: Read<PlanTarget> = entry((value, path) => {
  const shape = {
    ...{ metric: oneOf(metrics), target, type: optional(word), priority: optional(word) },
    calendar: optional(code),
  };
  return given(fields(shape, value, path));
});

const reasons = optional(listOf(10, oneOf(pauseReasons)));
const pauses = entry((value, path) =>
  given(
    fields(
      eachMetric(() => reasons),
      value,
      path,
    ),
  ),
);

const wordsOf = (list: WordList): Read<readonly WordEntry[] | undefined> =>
  optional(
    listOf(
      mostWords,
      entry((value, path) => {
        const shape = {
          code: word,
          name: optional(text(200)),
          retired: optional(flag),
          effectiveFrom: optional(instant),
        };
        const ranked = { ...shape, ...(list === 'priority' ? { rank: optional(rank) } : {}) };
        const { retired: isRetired, ...said } = fields(ranked, value, path);
        if (isRetired !== true && said.effectiveFrom !== undefined)
          throw new FieldFault(`${path}effectiveFrom is for a word that is retired`);
        return { list, rank: undefined, ...said, isRetired };
      }),
    ),
  );

const planShape = {
  ...{ code, name: text(200), rank: optional(rank), calendar: optional(code) },
  ...{ channels: optional(listOf(mostWords, word)), types: optional(listOf(mostWords, word)) },
  ...{ targets: listOf(200, promise), atRiskShare: optional(number), pauses: optional(pauses) },
  followUpStarts: optional(oneOf(['eachReply', 'nextReply'] as const)),
  resolutionSatisfiedBy: optional(oneOf(['resolved', 'closed'] as const)),
  selfHelp: optional(
    listOf(
      50,
      entry((value, path) => fields({ title: text(200), url: text(2_000) }, value, path)),
    ),
  ),
  benefits: optional(listOf(10, oneOf(benefits))),
  ...{ retired: optional(flag), ...revision },
};

const plan = entry((value, path) => {
  const { retired = false, effectiveFrom, appliesToOpenTickets = false, ...content } = fields(planShape, value, path);
  const written = given(content);
  const paused = { ...planDefaults.pauses, ...written.pauses };
  return {
    plan: { ...planDefaults, ...written, pauses: paused },
    isRetired: retired,
    effectiveFrom,
    appliesToOpenTickets,
  };
});

const customer: Read<CustomerEntry> = entry((value, path) => {
  const shape = {
    id: customerId,
    name: optional(text(200)),
    plan: code,
    calendar: optional(code),
    effectiveFrom: optional(instant),
    until: optional(instant),
  };
  const { id: who, calendar: own = null, ...rest } = fields(shape, value, path);
  return { customer: who, calendar: own, ...rest };
});

const join: Read<JoinEntry> = entry((value, path) =>
  fields({ from: customerId, into: customerId, effectiveFrom: optional(instant) }, value, path),
);

function file(value: Entry): PlansFile {
  const shape = {
    ...{ types: wordsOf('type'), channels: wordsOf('channel'), priorities: wordsOf('priority') },
    calendars: optional(listOf(1_000, calendar)),
    plans: optional(listOf(1_000, plan)),
    customers: optional(listOf(100_000, customer)),
    joins: optional(listOf(100_000, join)),
  };
  const {
    types = [],
    channels = [],
    priorities = [],
    calendars = [],
    plans = [],
    customers = [],
    joins = [],
  } = fields(shape, value);
  const codes = (words: readonly WordEntry[]) => words.map(({ code: said }) => wordKey(said));
  const keys: readonly (readonly [field: string, keys: readonly string[]])[] = [
    ...Object.entries({ types, channels, priorities }).map(([list, words]) => [`${list}.code`, codes(words)] as const),
    ['calendars.code', calendars.map((one) => one.calendar.code)],
    ['plans.code', plans.map((one) => one.plan.code)],
    ['customers.id', customers.map((one) => one.customer)],
    ['joins.from', joins.map((one) => one.from)],
  ];
  readEach(keys, expectOnce);
  return { types, channels, priorities, calendars, plans, customers, joins };
}

function expectOnce([of, keys]: readonly [field: string, keys: readonly string[]]): void {
  const [list, field] = of.split('.');
  const seen = new Set<string>();
  readEach(keys, (key, i) => {
    if (seen.has(key)) throw new FieldFault(`${list}[${i}].${field} ${key} occurs twice`);
    seen.add(key);
  });
}
