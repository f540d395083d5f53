import { isDeepStrictEqual } from 'node:util';
import { type Instant } from '../../business-time/calendar.js';
import { type Guarantee, guaranteeOf } from '../../catalogue/domain/promise.js';
import { type Versions } from '../../catalogue/domain/versions.js';
import { type PinnedVersions } from '../../clocks/pinned-versions.js';
import { type Channel } from '../../catalogue/domain/plan.js';
import { type Fact, type JudgedAgain, type KnownVersions, type TicketClass } from './facts.js';

/** By what a fact has all before it judged again; undefined where it does not. */
export const judgementIn = (fact: Fact): JudgedAgain | undefined =>
  fact.type === 'PlanReapplied' ? fact.data.answered : undefined;

/**
 * A fact as it is judged again: under the versions that are known now to have governed then. A version that somebody chose
 * for the ticket stays where its plan is the same.
 */
export function judgedAgain<Of extends Fact>(fact: Of, { versions, class: judgedAs }: JudgedAgain): Of {
  const known = versions.findLast(({ from }) => from <= fact.at) ?? versions[0];
  if (known === undefined) return { ...fact, judgedAs };
  const { terms, guarantee } = known;
  if (isChosen(fact, terms)) return { ...fact, judgedAs };
  const data = 'guarantee' in fact.data ? { ...fact.data, guarantee } : fact.data;
  return { ...fact, judgedAs, data, terms };
}

/** A revision reaches what is under an older version of its own plan or calendar, whatever else is known. */
const isChosen = (fact: Fact, { plan }: PinnedVersions): boolean =>
  fact.type === 'PlanReapplied' && (fact.data.because !== 'reapplied' || fact.terms.plan.code === plan.code);

/** Facts in order of occurrence, each as it was judged again last: all that was recorded before somebody asked for that. */
export function heedJudgements(facts: readonly Fact[]): readonly Fact[] {
  const judgements = facts.flatMap((fact) => {
    const by = judgementIn(fact);
    return by === undefined ? [] : [{ by, order: fact.order }];
  });
  if (judgements.length === 0) return facts;
  return facts.map((fact) => {
    const after = judgements.filter(({ order }) => order > fact.order);
    return after.sort((a, b) => a.order - b.order).reduce((judged, { by }) => judgedAgain(judged, by), fact);
  });
}

/** A fact, and what promises go by of the ticket as it left it; undefined before the opening. */
interface Told {
  readonly fact: Fact;
  readonly state: (TicketClass & { readonly channel: Channel; readonly guarantee: Guarantee }) | undefined;
}

/**
 * What is known of a ticket's history, for all its facts, when somebody asks that it be judged again.
 * @param knownAt the versions that are known now to have been in force at an instant
 * @param by the class that all is judged by; undefined for the one that it had then
 */
export function whatIsKnown(
  changed: Iterable<Told>,
  knownAt: (at: Instant) => PinnedVersions,
  versions: Versions,
  by: TicketClass | undefined,
): JudgedAgain {
  const known: KnownVersions[] = [];
  for (const { fact, state } of changed) {
    if (state === undefined) continue;
    const terms = knownAt(fact.at);
    const { type, priority } = by ?? state;
    const isUnjudged = state.guarantee.reason === 'beforeJudgedFrom';
    const promised = guaranteeOf(versions.plan(terms.plan), { type, priority, channel: state.channel });
    const guarantee = isUnjudged ? state.guarantee : promised;
    const last = known.at(-1);
    if (last !== undefined && isDeepStrictEqual([last.terms, last.guarantee], [terms, guarantee])) continue;
    if (last?.from === fact.at) known.pop();
    known.push({ from: fact.at, terms, guarantee });
  }
  return { versions: known, ...(by === undefined ? {} : { class: { type: by.type, priority: by.priority } }) };
}
