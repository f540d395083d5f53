import { type ImportFinished, type ImportStarted } from '../tickets/domain/import-events.js';
import {
  type CalendarEvent,
  type CustomerEvent,
  type JoinEvent,
  type PlanEvent,
  type WordEvent,
} from '../catalogue/domain/catalogue-events.js';
import { type WebhookEvent } from '../webhooks/domain/webhook-events.js';
import { type TicketEvent } from '../tickets/domain/ticket-event-types.js';

/** Every event that Pledge records, as its newest version says. */
export type RecordedEvent =
  | TicketEvent
  | PlanEvent
  | CalendarEvent
  | CustomerEvent
  | JoinEvent
  | WordEvent
  | ImportStarted
  | ImportFinished
  | WebhookEvent;

export type RecordedType = RecordedEvent['type'];
