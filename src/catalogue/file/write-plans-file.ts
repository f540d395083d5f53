import { Document, visit } from 'yaml';
import { unseen } from '../../parsing/visible.js';
import { type CalendarDefinition, type Instant } from '../../business-time/calendar.js';
import { type EffectiveFrom } from '../domain/plan.js';
import { isRetired, versionsOf } from '../domain/plan-decider.js';
import { joinsDecider } from '../domain/joins-decider.js';
import { joinsStream, wordsStream } from '../domain/catalogue-events.js';
import { type WordList, type Words } from '../domain/words.js';
import { wordsDecider } from '../domain/words-decider.js';
import { type WholeCatalogue } from './whole-catalogue.js';

/** The catalogue as a file has it: each word, calendar, plan and customer as last said. Applied again it changes nothing. */
export function toPlansFile({ calendars, plans, customers, joins, words }: WholeCatalogue, now: Instant): object {
  // Of the past the log tells; an instant ahead belongs to what is said.
  const ahead = (effectiveFrom: EffectiveFrom) =>
    effectiveFrom !== null && effectiveFrom > now ? { effectiveFrom: new Date(effectiveFrom).toISOString() } : {};
  const lastOf = <Change>(histories: Iterable<readonly Change[]>): readonly Change[] =>
    [...histories].flatMap((history) => history.at(-1) ?? []);
  const desk = words.get(wordsStream) ?? wordsDecider.initial;
  const joined = [...(joins.get(joinsStream) ?? joinsDecider.initial).values()];
  return {
    ...{ types: wordsOf(desk, 'type'), channels: wordsOf(desk, 'channel'), priorities: wordsOf(desk, 'priority') },
    calendars: lastOf(calendars.values()).map(({ content: { definition, ...content }, effectiveFrom }) => ({
      ...content,
      definition: inOrder(definition),
      ...ahead(effectiveFrom),
    })),
    plans: [...plans.values()].flatMap((history) =>
      lastOf([versionsOf(history)]).map(
        ({ content: { code, name, rank, calendar, targets, ...content }, effectiveFrom }) => ({
          ...{ code, name, rank, calendar, targets, ...content },
          ...(isRetired(history, now) ? { retired: true } : {}),
          ...ahead(effectiveFrom),
        }),
      ),
    ),
    customers: [...customers.values()].map((history) => {
      const ended = history.at(-1)?.content.plan === null ? history.at(-1) : undefined;
      const last = history.findLast(({ content }) => content.plan !== null);
      const { customer: id, ...content } = last?.content ?? { customer: '' };
      return {
        id,
        ...Object.fromEntries(Object.entries(content).filter(([, value]) => value !== null)),
        ...ahead(last?.effectiveFrom ?? null),
        ...(ended?.effectiveFrom == null ? {} : { until: new Date(ended.effectiveFrom).toISOString() }),
      };
    }),
    joins: joined.map(({ customer: from, into, effectiveFrom }) => ({
      ...{ from, into, effectiveFrom: new Date(effectiveFrom).toISOString() },
    })),
  };
}

/** When a word was retired is said of the past as well: older facts may have it. */
const wordsOf = (words: Words, list: WordList) =>
  [...words[list].values()].map(({ word: { code, name, rank, retiredFrom } }) => ({
    ...{ code, name },
    ...(rank === null ? {} : { rank }),
    ...(retiredFrom === null ? {} : { retired: true, effectiveFrom: new Date(retiredFrom).toISOString() }),
  }));

const inOrder = ({
  timeZone,
  weekly,
  holidays,
  holidaysKnownFrom,
  holidaysKnownUntil,
  dates,
  nominalDayMinutes,
}: CalendarDefinition) =>
  Object.fromEntries(
    Object.entries({
      timeZone,
      weekly,
      holidays,
      holidaysKnownFrom,
      holidaysKnownUntil,
      dates,
      nominalDayMinutes,
    }).filter(([, value]) => value !== undefined),
  );

/** Collections shorter than this stand on a line. */
const shortLine = 100;
/** Of the lists at the top: under the document, its map, and a pair of that. */
const listDepth = 3;

/** A file of plans as YAML. */
export function toYaml(file: object): string {
  const document = new Document(file, { aliasDuplicateObjects: false });
  visit(document, {
    Collection: (_, node, path) => {
      const isList = path.length <= listDepth; // of words, calendars, plans or customers
      node.flow = node.items.length === 0 || (!isList && JSON.stringify(node.toJSON()).length <= shortLine);
      return node.flow ? visit.SKIP : undefined;
    },
  });
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value !== 'string') return;
      // Older readers take times and dates for something else than text.
      if (/^\d[\d:.TZ-]+$/.test(node.value)) node.type = 'QUOTE_SINGLE';
      // So that it can be escaped.
      if (node.value.search(unseen) >= 0) node.type = 'QUOTE_DOUBLE';
    },
  });
  return document
    .toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER })
    .split('\n')
    .map((line) => line.replace(unseen, escaped))
    .join('\n');
}

/** A sign as YAML escapes it in text between double quotes. */
function escaped(sign: string): string {
  const code = sign.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
