import { type Instant } from '../../business-time/calendar.js';
import { type Joins, survivorAt } from '../../catalogue/domain/joins-decider.js';

/** Whose an id of a customer is when something happened; now, where it is not said when. */
export type Whose = (customer: string, at: Instant | undefined) => string;

/** Ids are of the customers that they were joined to by then. */
export const ofSurvivors =
  (joins: Joins, now: Instant): Whose =>
  (customer, at) =>
    survivorAt(joins, customer, at ?? now);
