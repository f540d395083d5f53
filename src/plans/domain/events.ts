import { type CalendarDefinition } from '../../business-time/calendar.js';
import { type NewEvent } from '../../event-sourcing/event-store.js';
import { type EffectiveFrom, type Plan } from './plan.js';

/** A calendar people can name; versions are never edited. */
export interface CalendarVersion {
  readonly code: string;
  readonly name: string;
  readonly version: number;
  readonly effectiveFrom: EffectiveFrom;
  readonly definition: CalendarDefinition;
}

export interface PlanVersion extends Plan {
  readonly version: number;
  readonly effectiveFrom: EffectiveFrom;
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

export type CalendarDefined = NewEvent<'CalendarDefined', CalendarVersion>;
export type PlanDefined = NewEvent<'PlanDefined', PlanVersion>;
export type CustomerEnrolled = NewEvent<'CustomerEnrolled', Enrolment>;

export const calendarStream = (code: string): string => `calendar-${code}`;
export const planStream = (code: string): string => `plan-${code}`;
export const customerStream = (id: string): string => `customer-${id}`;
