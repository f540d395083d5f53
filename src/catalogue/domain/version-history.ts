import { isDeepStrictEqual } from 'node:util';
import { type Instant } from '../../business-time/calendar.js';
import { type Actor, type NewEvent } from '../../event-sourcing/event-store.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type EffectiveFrom } from './plan.js';

/** A change of a plan, a calendar or a customer: what holds from then on, who made it, and when. */
export interface Change<Content, Type extends string = string> {
  readonly type: Type;
  /** The version it made; a retirement makes none, and has the last. */
  readonly version: number;
  readonly effectiveFrom: EffectiveFrom;
  readonly appliesToOpenTickets: boolean;
  readonly content: Content;
  readonly recordedAt: Instant;
  readonly actor: Actor;
}

/** Every change of something, in the order in which they were recorded. */
export type History<Content, Type extends string = string> = readonly Change<Content, Type>[];

/** Id and metadata come in with a command: a decider knows no clock. */
export type RecordedChange = Pick<NewEvent, 'id' | 'metadata'>;

/** The history after one version more. */
export function withVersion<Content, Type extends string>(
  history: History<Content, Type>,
  event: Pick<NewEvent<Type>, 'type' | 'metadata'>,
  version: Pick<Change<Content>, 'effectiveFrom' | 'content'> & { readonly appliesToOpenTickets?: boolean },
): History<Content, Type> {
  const { recordedAt, actor } = event.metadata;
  const { effectiveFrom, content, appliesToOpenTickets = false } = version;
  const number = (history.at(-1)?.version ?? 0) + 1;
  const change = { type: event.type, version: number, effectiveFrom, appliesToOpenTickets, content, recordedAt, actor };
  return [...history, change];
}

/** The last recorded of the changes in force at an instant. */
export const inForce = <Content, Type extends string>(
  history: History<Content, Type>,
  at: Instant,
): Change<Content, Type> | undefined =>
  history.findLast(({ effectiveFrom }) => effectiveFrom === null || effectiveFrom <= at);

/** @throws Rejection `EFFECTIVE_FROM_BEFORE_LAST`: what a version says of the past is never edited */
export function expectAfterLast(history: History<unknown>, effectiveFrom: Instant): void {
  const last = history.at(-1)?.effectiveFrom ?? null;
  if (last === null || effectiveFrom >= last) return;
  throw new Rejection(
    'EFFECTIVE_FROM_BEFORE_LAST',
    `effectiveFrom: ${iso(effectiveFrom)} is before the effectiveFrom of the last version, ${iso(last)}.`,
  );
}

const iso = (at: Instant) => new Date(at).toISOString();

/** Whether two contents say the same, in whatever order. */
export const same = (a: unknown, b: unknown): boolean => isDeepStrictEqual(a, b);
