import fc from '../support/fc.js';
import { type CalendarDefinition, type Target } from '../../src/business-time/calendar.js';
import { officeHours } from '../../src/catalogue/domain/built-in-plans.js';
import { metrics, pauseReasons, type Plan, type PlanTarget } from '../../src/catalogue/domain/plan.js';
import { builtInTypes } from '../../src/catalogue/domain/built-in-words.js';
import { type WordList } from '../../src/catalogue/domain/words.js';
import { planDefaults } from '../../src/catalogue/domain/plan-defaults.js';
import { type TicketCommand } from '../../src/tickets/domain/facts.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Opening hours of every kind that matters: closed nights and weekends, a break at noon, nights, never closed. */
export const calendars: Readonly<Record<string, CalendarDefinition>> = {
  office: officeHours('Europe/Paris'),
  split: {
    timeZone: 'UTC',
    weekly: Object.fromEntries(
      ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'].map((name) => [
        name,
        [
          ['08:00', '12:00'],
          ['13:00', '17:30'],
        ],
      ]),
    ),
    nominalDayMinutes: 510,
    holidays: ['2026-03-25'],
  },
  nights: {
    timeZone: 'America/New_York',
    weekly: Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri'].map((name) => [name, [['22:00', '06:00']]])),
  },
  always: {
    timeZone: 'Europe/Paris',
    weekly: Object.fromEntries(
      ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((name) => [name, [['00:00', '24:00']]]),
    ),
  },
};

type OfWord = readonly [list: WordList, code: string];

/** Words of the desk's own, beside those built in. */
export const ownWords: readonly OfWord[] = [
  ['type', 'Data request'],
  ['channel', 'Chat'],
  ['priority', 'P1'],
];

/** When something is said to have happened. */
export type When =
  | { readonly kind: 'now' }
  | { readonly kind: 'ago' | 'ahead'; readonly ms: number }
  /** At a deadline or a fact of the ticket, or right beside it. */
  | { readonly kind: 'deadline' | 'fact'; readonly which: number; readonly beside: number };

export type Step =
  | {
      readonly type: 'say';
      readonly ticket: number;
      readonly command: ScriptOrder;
      readonly when: When;
      readonly actor: 'mia' | 'leo' | 'bot';
      readonly key: string | undefined;
      readonly mayBackdate: boolean;
      /** What it has to tell other tickets is left to the watcher. */
      readonly isInterrupted: boolean;
    }
  | { readonly type: 'move'; readonly ms: number }
  | { readonly type: 'moveToDeadline'; readonly ticket: number; readonly which: number; readonly beside: number }
  | { readonly type: 'settle'; readonly ticket: number }
  /** The watchers of hand-overs, of deadlines and of revisions look once. */
  | { readonly type: 'watch' }
  | {
      readonly type: 'revisePlan';
      readonly to: Plan;
      readonly from: number;
      readonly applies: boolean;
    }
  | {
      readonly type: 'reviseCalendar';
      readonly calendar: string;
      readonly holiday: number;
      readonly from: number;
      readonly applies: boolean;
    }
  | { readonly type: 'retireWord'; readonly word: OfWord; readonly from: number }
  | { readonly type: 'restoreWord'; readonly word: OfWord }
  | { readonly type: 'putCustomer'; readonly customer: string; readonly plan: string; readonly from: number }
  | {
      readonly type: 'giveCalendar';
      readonly customer: string;
      readonly calendar: string | null;
      readonly from: number;
    };

type Opening = Extract<TicketCommand, { type: 'OpenTicket' }>;
type Split = Extract<TicketCommand, { type: 'SplitTicket' }>;
type Merge = Extract<TicketCommand, { type: 'MergeTicket' }>;
type Pause = Extract<TicketCommand, { type: 'PauseTicket' }>;

/**
 * A ticket is merged into another that there is by then, the youngest being 0; or into itself. What is split off is a message that
 * there is by then, by its number too; or nothing that was ever written.
 */
export type ScriptOrder =
  | Exclude<TicketCommand, Split | Merge | Pause>
  /** For how long, from when it is said to have begun; nobody knows where that is left out. */
  | (Omit<Pause, 'until'> & { readonly forMs?: number })
  | { readonly type: 'MergeTicket'; readonly other: number | null }
  | (Omit<Split, 'messageAt'> & { readonly message: number | null });

export interface Script {
  readonly plans: readonly Plan[];
  /** How each ticket is opened when it is first spoken of. */
  readonly openings: readonly Opening[];
  readonly steps: readonly Step[];
}

export const idOf = (ticket: number) => `T-${ticket}`;

export const customers = ['acme', 'beta', 'nobody'] as const;
export const planCodes = ['gold', 'silver', 'bronze'] as const;

const pick = <T>(...values: readonly T[]) => fc.constantFrom(...values);

const target: fc.Arbitrary<Target> = fc.oneof(
  pick<Target>(
    { amount: 30, unit: 'minutes' },
    { amount: 90, unit: 'minutes' },
    { amount: 4, unit: 'hours' },
    { amount: 8, unit: 'hours' },
    { amount: 4000.5, unit: 'seconds' },
  ),
  fc.record({
    amount: fc.integer({ min: 1, max: 3 }),
    unit: fc.constant('businessDays' as const),
    rule: pick('sameTime' as const, 'endOfDay' as const, 'workingHours' as const),
  }),
);

const someTickets = pick<Pick<PlanTarget, 'type' | 'priority'>>(
  ...[
    { priority: 'urgent' },
    { priority: 'Urgent' },
    { priority: 'p1' },
    { type: 'productBug' },
    { type: 'data REQUEST' },
  ],
);

/** What a plan promises for a metric: to all, and to tickets of a priority or a type something else; never two that tie. */
const targetsOf = (metric: PlanTarget['metric']): fc.Arbitrary<readonly PlanTarget[]> =>
  fc
    .record({
      all: fc.option(target, { freq: 5 }),
      some: fc.option(target, { freq: 1 }),
      of: someTickets,
      // Few have a calendar of their own: mostly what is urgent.
      own: fc.option(pick(...Object.keys(calendars)), { freq: 1, nil: undefined }),
      allOwn: fc.option(pick(...Object.keys(calendars)), { freq: 1, nil: undefined }),
      isAllOwn: pick(true, false, false, false),
    })
    .map(({ all, some, of, own, allOwn, isAllOwn }) => [
      ...(all === null ? [] : [{ metric, target: all, ...(isAllOwn ? calendarOf(allOwn) : {}) }]),
      ...(some === null ? [] : [{ metric, target: some, ...calendarOf(own), ...of }]),
    ]);

const calendarOf = (calendar: string | undefined) => (calendar === undefined ? {} : { calendar });

const reasons = fc.subarray([...pauseReasons]);

const plan = (code: string): fc.Arbitrary<Plan> =>
  fc
    .record({
      calendar: pick(...Object.keys(calendars)),
      targets: fc.tuple(...metrics.map(targetsOf)).map((each) => each.flat()),
      atRiskShare: pick(0.5, 0.75, 0.9),
      followUpStarts: pick('eachReply' as const, 'eachReply' as const, 'nextReply' as const),
      resolutionSatisfiedBy: pick('resolved' as const, 'resolved' as const, 'closed' as const),
      pauses: fc.record({ firstResponse: fc.oneof(fc.constant([]), reasons), followUp: reasons, resolution: reasons }),
      channels: pick<Plan['channels']>(['email', 'phone', 'chat'], ['Email']),
      types: pick<Plan['types']>([...builtInTypes, 'data request'], ['productBug', 'productQuestion']),
    })
    .map((said) => ({ ...planDefaults, code, name: code, ...said }));

const opening: fc.Arbitrary<Opening> = fc
  .record({
    type: fc.constant('OpenTicket' as const),
    customer: pick(...customers),
    ticketType: pick('productBug', 'ProductBug', 'productQuestion', 'appSpecificQuestion', 'Data request'),
    channel: pick('email', 'email', 'EMAIL', 'email', 'phone', 'phone', 'chat'),
    subject: fc.constant('It broke'),
    origin: pick(
      'customerRequest' as const,
      'customerRequest' as const,
      'customerRequest' as const,
      'phoneRequest' as const,
      'noRequest' as const,
    ),
    priority: pick('normal', 'normal', 'normal', 'urgent', 'URGENT', 'p1'),
  })
  .chain((command) =>
    fc
      .option(pick(...planCodes), { nil: undefined, freq: 1 })
      .map((code) => (code === undefined ? command : { ...command, plan: code })),
  );

const command: fc.Arbitrary<ScriptOrder> = fc.oneof(
  {
    weight: 3,
    arbitrary: pick<ScriptOrder>(
      { type: 'RecordFirstResponse' },
      { type: 'RecordFollowUp', channel: 'Email' },
      { type: 'RecordFollowUp', channel: 'phone' },
    ),
  },
  { weight: 2, arbitrary: fc.constant<ScriptOrder>({ type: 'RecordCustomerReply' }) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(pick(...pauseReasons), pick(undefined, undefined, -minute, 0, 30 * minute, 2 * hour, 5 * hour, 30 * hour))
      .map(([reason, forMs]): ScriptOrder =>
        forMs === undefined ? { type: 'PauseTicket', reason } : { type: 'PauseTicket', reason, forMs },
      ),
  },
  {
    weight: 2,
    arbitrary: fc.oneof(
      pick(...pauseReasons).map((reason): ScriptOrder => ({ type: 'ResumeTicket', reason })),
      fc.constant<ScriptOrder>({ type: 'ResumeTicket' }),
    ),
  },
  {
    weight: 2,
    arbitrary: pick<ScriptOrder>(
      { type: 'ReclassifyTicket', priority: 'urgent' },
      { type: 'ReclassifyTicket', priority: ' p1 ' },
      { type: 'ReclassifyTicket', priority: 'P9' },
      { type: 'ReclassifyTicket', ticketType: 'DATA request' },
      { type: 'ReclassifyTicket', priority: 'normal' },
      { type: 'ReclassifyTicket', ticketType: 'productBug' },
      { type: 'ReclassifyTicket', ticketType: 'productQuestion', priority: 'urgent' },
      { type: 'ReclassifyTicket', ticketType: 'onBoarding' },
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .option(fc.integer({ min: 1, max: 4 }), { nil: undefined })
      .map((version): ScriptOrder =>
        version === undefined ? { type: 'ReapplyPlan' } : { type: 'ReapplyPlan', version },
      ),
  },
  {
    weight: 1,
    arbitrary: pick<ScriptOrder>(
      { type: 'ReapplyPlan', answered: true },
      { type: 'ReapplyPlan', answered: true, keepsClasses: true },
      { type: 'ReapplyPlan', answered: true, version: 2 },
    ),
  },
  {
    weight: 1,
    arbitrary: pick<ScriptOrder>(
      { type: 'AssignTicket', assignee: 'mia', team: null },
      { type: 'AssignTicket', assignee: null, team: 'one' },
      { type: 'AddInternalNote', text: 'hm' },
      { type: 'CorrectTicket', subject: 'It broke' },
      { type: 'CorrectTicket', subject: 'It broke twice' },
    ),
  },
  { weight: 3, arbitrary: pick<ScriptOrder>({ type: 'ResolveTicket' }, { type: 'ResolveTicket', publicReply: false }) },
  { weight: 2, arbitrary: fc.constant<ScriptOrder>({ type: 'CloseTicket' }) },
  { weight: 2, arbitrary: fc.constant<ScriptOrder>({ type: 'ReopenTicket' }) },
  { weight: 1, arbitrary: fc.constant<ScriptOrder>({ type: 'CancelTicket', reason: 'spam' }) },
  { weight: 2, arbitrary: fc.constant<ScriptOrder>({ type: 'RestoreTicket' }) },
  { weight: 1, arbitrary: opening },
  {
    weight: 3,
    arbitrary: fc
      .option(pick(0, 0, 0, 1, 2), { freq: 12 })
      .map((other): ScriptOrder => ({ type: 'MergeTicket', other })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        into: pick(3, 3, 4, 4, 4, 1),
        message: fc.option(fc.nat({ max: 3 }), { freq: 8 }),
        isUrgent: fc.boolean(),
      })
      .map(({ into, message, isUrgent }): ScriptOrder => {
        const priority = isUrgent ? { priority: 'urgent' } : {};
        return { type: 'SplitTicket', into: idOf(into), message, ...priority };
      }),
  },
);

const beside = pick(0, 0, 0, -1, 1, -hour, hour);
const which = fc.nat({ max: 7 });

const when: fc.Arbitrary<When> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<When>({ kind: 'now' }) },
  {
    weight: 3,
    arbitrary: pick(1, 20 * minute, 2 * hour, 5 * hour, day, 3 * day, 8 * day, 31 * day).map((ms): When => ({
      kind: 'ago',
      ms,
    })),
  },
  { weight: 1, arbitrary: pick(minute, 5 * minute, 5 * minute + 1).map((ms): When => ({ kind: 'ahead', ms })) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('deadline' as const), which, beside }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('fact' as const), which, beside }) },
);

/** Three that are opened, and two that may be split off. */
const ticket = pick(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 4);
const from = pick(0, 0, -2 * hour, 3 * hour, day);

const word = pick<OfWord>(...ownWords, ['channel', 'phone'], ['type', 'productQuestion'], ['priority', 'Urgent']);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 24,
    arbitrary: fc.record({
      ...{
        type: fc.constant('say' as const),
        ticket,
        command,
        when,
        actor: pick<'mia' | 'leo' | 'bot'>('mia', 'mia', 'mia', 'leo', 'bot'),
      },
      key: pick<string | undefined>(undefined, undefined, undefined, undefined, undefined, 'k1', 'k2'),
      mayBackdate: fc.boolean(),
      isInterrupted: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: pick(1, minute, 30 * minute, 2 * hour, 7 * hour, day, 3 * day).map((ms): Step => ({ type: 'move', ms })),
  },
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constant('moveToDeadline' as const), ticket, which, beside: pick(0, 1, -1) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('settle' as const), ticket }) },
  { weight: 2, arbitrary: fc.constant<Step>({ type: 'watch' }) },
  {
    weight: 1,
    arbitrary: fc.record({
      ...{ type: fc.constant('revisePlan' as const), to: fc.oneof(...planCodes.map(plan)) },
      ...{ from, applies: fc.boolean() },
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      ...{ type: fc.constant('reviseCalendar' as const), calendar: pick(...Object.keys(calendars)) },
      ...{ holiday: fc.integer({ min: -3, max: 5 }), from, applies: fc.boolean() },
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      ...{ type: fc.constant('putCustomer' as const), customer: pick('acme', 'beta'), plan: pick(...planCodes), from },
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('retireWord' as const), word, from }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('restoreWord' as const), word }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      ...{ type: fc.constant('giveCalendar' as const), customer: pick('acme', 'beta') },
      ...{ calendar: fc.option(pick(...Object.keys(calendars))), from },
    }),
  },
);

const isJudgement = (said: Step) =>
  said.type === 'say' && said.command.type === 'ReapplyPlan' && said.command.answered === true;

/** What revisions that apply to open tickets would have reached is judged again without them: lives have the one or the other. */
const eitherOr = (steps: readonly Step[]): readonly Step[] =>
  steps.some(isJudgement) ? steps.map((said) => ('applies' in said ? { ...said, applies: false } : said)) : steps;

export const script = (length: number): fc.Arbitrary<Script> =>
  fc.record({
    plans: fc.tuple(...planCodes.map(plan)),
    openings: fc.tuple(opening, opening, opening),
    steps: fc.array(step, { minLength: 1, maxLength: length, size: 'max' }).map(eitherOr),
  });
