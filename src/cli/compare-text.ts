import { DateTime, Duration } from 'luxon';
import { type Compared, type OurVerdict, type TheirVerdict } from '../audit/compare-verdicts.js';
import { type RunExplained } from '../audit/explain-run.js';
import { type VersionRef } from '../clocks/pinned-versions.js';

/** How many verdicts agree. */
export interface Figures {
  /** In percent of those that can be compared. */
  readonly agreement: number;
  readonly agree: number;
  readonly disagree: number;
  /** Still open here, with nothing against the other system's verdict: left out. */
  readonly open: number;
  /** Neither met nor breached there: left out. */
  readonly unclear: number;
  /** Ours, by theirs. */
  readonly verdicts: Readonly<Record<TheirVerdict, Readonly<Partial<Record<OurVerdict, number>>>>>;
}

export interface Tally {
  add(one: Compared): void;
  figures(): Figures;
}

/** Counts what was compared. */
export function tally(unclear: number): Tally {
  const verdicts: Record<TheirVerdict, Partial<Record<OurVerdict, number>>> = { met: {}, breached: {} };
  let [agree, disagree, open] = [0, 0, 0];
  return {
    add: ({ theirs, ours, agree: same }) => {
      verdicts[theirs][ours] = (verdicts[theirs][ours] ?? 0) + 1;
      if (same === undefined) open += 1;
      else if (same) agree += 1;
      else disagree += 1;
    },
    figures: () => {
      const agreement = agree + disagree === 0 ? 0 : (100 * agree) / (agree + disagree);
      return { agreement, agree, disagree, open, unclear, verdicts };
    },
  };
}

const words: Readonly<Record<OurVerdict, string>> = {
  met: 'met',
  metLate: 'met late',
  breached: 'breached',
  cancelled: 'cancelled',
  running: 'running',
  paused: 'paused',
  notPromised: 'not promised',
  noTicket: 'no such ticket',
};

/** A comparison, in lines. */
export function summaryOf(
  { agreement, agree, disagree, open, unclear, verdicts }: Figures,
  column: string,
): readonly string[] {
  const row = (theirs: TheirVerdict) =>
    Object.entries(verdicts[theirs])
      .map(([ours, count]) => `${count} ${words[ours as OurVerdict]}`)
      .join(', ');
  return [
    `${agree} of ${agree + disagree} verdicts agree: ${agreement.toFixed(2)} %.`,
    `  ${column} met:      ${row('met') || 'none'} here`,
    `  ${column} breached: ${row('breached') || 'none'} here`,
    ...(open > 0 ? [`  ${open} left out: they are still open here.`] : []),
    ...(unclear > 0 ? [`  ${unclear} left out: their ${column} is neither met nor breached.`] : []),
  ];
}

/** A disagreement with Pledge's explanation. */
export function describeDisagreement(
  { name, theirs, ours, ticket }: Compared,
  why: RunExplained | undefined,
  { column, metric }: { readonly column: string; readonly metric: string },
): readonly string[] {
  const head = `${name}: ${column} says ${theirs}, Pledge says ${words[ours]}`;
  if (why === undefined) return [`${head} (${metric})`, ''];
  const { target, targetMs, elapsedMs, plan, calendar, timeZone, deadlines, pauses, priorities } = why;
  const local = (at: number | null) =>
    at === null
      ? '–'
      : DateTime.fromMillis(at, { zone: timeZone }).setLocale('en-GB').toFormat('ccc yyyy-LL-dd HH:mm:ss');
  const [from, to] = priorities;
  const late = elapsedMs > targetMs ? `, ${length(elapsedMs - targetMs)} too long` : '';
  const first = deadlines[0]?.dueAt ?? null;
  return [
    head,
    `  promise    ${metric}, ${target.amount} ${target.unit}, ${version('plan', plan)}, ${version('calendar', calendar)}`,
    `  priority   ${from === to ? from : `${from}, then ${to}`}`,
    `  started    ${local(why.startedAt)} ${timeZone}, due ${local(first)}`,
    ...deadlines
      .slice(1)
      .map(({ at, because, dueAt }) => `  moved      ${local(at)}, ${because ?? ''}: due ${local(dueAt)}`),
    `  due        ${local(why.dueAt)}`,
    `  satisfied  ${local(why.satisfiedAt)}, after ${length(elapsedMs)} of ${length(targetMs)} open time${late}`,
    ...(why.cancelledBecause === null ? [] : [`  cancelled  ${why.cancelledBecause}`]),
    ...(pauses.length === 0 ? ['  pauses     none'] : []),
    ...pauses.map((p) => `  paused     ${local(p.from)} to ${local(p.to)}, ${length(p.openMs)} of it open`),
    `  history    pledge history ${ticket ?? ''}`,
    '',
  ];
}

const version = (what: string, { code, version: number }: VersionRef) => `${what} ${code} version ${number}`;

const length = (ms: number) => Duration.fromMillis(ms).toFormat('h:mm:ss');
