import { Rejection } from '../../event-sourcing/rejection.js';
import { type QueueLimits } from './fair-queue.js';
import { type WorkLimits } from './work-limit.js';

export interface ReadLimits extends QueueLimits, WorkLimits {
  /** How many threads read. */
  readonly threads: number;
  /** How long it may wait for its turn. */
  readonly waitMs: number;
  /** How long a thread may take to stop what it does, before it is ended. */
  readonly stopMs: number;
}

/** A list of 200,000 tickets is looked through in a fifth of a second. */
export const readLimits: ReadLimits = {
  threads: 3,
  workingEach: 1, // whoever asks much leaves threads to the others
  waitingEach: 200,
  waiting: 2_000,
  readMs: 3_000,
  wallMs: 15_000,
  waitMs: 10_000,
  stopMs: 1_000,
};

export const tooSlow = (): Rejection =>
  new Rejection('QUERY_TOO_SLOW', 'The query took too long and was stopped; use a narrower filter or ask for less.');

export const tooMany = (): Rejection =>
  new Rejection('TOO_MANY_QUERIES', 'Too many queries are waiting; try again later, with fewer at a time.');

export const askerGone = (): Rejection =>
  new Rejection('ASKER_GONE', 'The client has disconnected; the query was stopped.');
