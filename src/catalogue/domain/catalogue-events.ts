import { type CalendarDefinition, type Instant } from '../../business-time/calendar.js';
import { type NewEvent } from '../../event-sourcing/event-store.js';
import { type EffectiveFrom, type Plan } from './plan.js';
import { type Word, type WordList } from './words.js';

/** A calendar people can name. */
export interface NamedCalendar {
  readonly code: string;
  readonly name: string;
  readonly definition: CalendarDefinition;
}

/** What a version adds to its content. Versions are never edited. */
export interface Versioned {
  /** From 1. */
  readonly version: number;
  readonly effectiveFrom: EffectiveFrom;
}

/** A version after the first. */
export interface Revision extends Versioned {
  /** Tickets that are open when it comes into force are recalculated under it. */
  readonly appliesToOpenTickets: boolean;
}

/** A customer's plan from an instant on. */
export interface Enrolment {
  readonly customer: string;
  readonly name: string | null;
  readonly plan: string;
  /** The customer's own calendar, in place of the plan's. */
  readonly calendar: string | null;
  readonly effectiveFrom: EffectiveFrom;
}

export type PlanEvent =
  | NewEvent<'PlanDefined', Plan & Versioned>
  | NewEvent<'PlanRevised', Plan & Revision>
  /** No customer is put on it from then on; those who are stay. */
  | NewEvent<'PlanRetired', { readonly code: string; readonly effectiveFrom: Instant }>;

export type CalendarEvent =
  NewEvent<'CalendarDefined', NamedCalendar & Versioned> | NewEvent<'CalendarRevised', NamedCalendar & Revision>;

/** Each says in full how the customer stands from then on; its end takes no more to say. */
export type CustomerEvent =
  | NewEvent<'CustomerEnrolled', Enrolment>
  | NewEvent<'CustomerPlanChanged', Enrolment>
  | NewEvent<'CustomerCalendarSet', Enrolment>
  /** From then on it is as one that nobody enrolled: it has neither plan nor calendar of its own, until it is on a plan again. */
  | NewEvent<'CustomerEnrolmentEnded', { readonly customer: string; readonly effectiveFrom: Instant }>;

/** Two ids of one company: from an instant on, what names the one is of the other. */
export interface CustomerJoin {
  /** The id that is joined to the other. */
  readonly customer: string;
  /** The customer that goes on. */
  readonly into: string;
  readonly effectiveFrom: Instant;
}

export type JoinEvent = NewEvent<'CustomersJoined', CustomerJoin>;

/** Which word of the desk. */
interface OfWord {
  readonly list: WordList;
  readonly code: string;
}

export type WordEvent =
  | NewEvent<'WordDefined', Omit<Word, 'retiredFrom'>>
  /** Says in full what the word is called and how it ranks from then on. */
  | NewEvent<'WordRevised', Omit<Word, 'retiredFrom'>>
  /** Tickets that have it keep it; new ones refuse it from then on. */
  | NewEvent<'WordRetired', OfWord & { readonly effectiveFrom: Instant }>
  /** It is as if it had never been retired. */
  | NewEvent<'WordRestored', OfWord>;

export const planEventTypes = ['PlanDefined', 'PlanRevised', 'PlanRetired'] as const satisfies PlanEvent['type'][];
export const calendarEventTypes = ['CalendarDefined', 'CalendarRevised'] as const satisfies CalendarEvent['type'][];
export const customerEventTypes = [
  'CustomerEnrolled',
  'CustomerPlanChanged',
  'CustomerCalendarSet',
  'CustomerEnrolmentEnded',
] as const satisfies CustomerEvent['type'][];

export const joinEventTypes = ['CustomersJoined'] as const satisfies JoinEvent['type'][];

export const wordEventTypes = [
  'WordDefined',
  'WordRevised',
  'WordRetired',
  'WordRestored',
] as const satisfies WordEvent['type'][];

export const calendarStream = (code: string): string => `calendar-${code}`;
export const planStream = (code: string): string => `plan-${code}`;
export const customerStream = (id: string): string => `customer-${id}`;
/** All joins of customers are in one stream: there are few, and a join is checked against all, so that none makes a circle. */
export const joinsStream = 'catalogue-joins';
/** All words are in one stream: there are few, and a ticket is checked against all. */
export const wordsStream = 'catalogue-words';
