import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type CalendarSource, resolveHolidays } from '../../business-time/holiday-sources.js';
import { type Clock } from '../../clock/clock.js';
import { type Actor, type EventMetadata, type EventStore, type Position } from '../../event-sourcing/event-store.js';
import { handleCommand } from '../../event-sourcing/handle-command.js';
import { newId } from '../../event-sourcing/new-id.js';
import { CATALOGUE, CLOCK, EVENT_STORE } from '../../tokens.js';
import { type Catalogue } from '../catalogue.js';
import { calendarDecider, customerDecider, type NamedCalendar, planDecider, refused } from '../domain/define.js';
import {
  calendarStream,
  type CalendarVersion,
  customerStream,
  type Enrolment,
  planStream,
  type PlanVersion,
} from '../domain/events.js';
import { type Plan } from '../domain/plan.js';

export interface CataloguePorts {
  readonly store: EventStore;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
}

/** A calendar as people write it; its holidays may come from elsewhere. */
export interface CalendarOrder {
  readonly code: string;
  readonly name: string;
  readonly definition: CalendarSource;
}

/** Defines a plan in a calendar that is there. */
export class DefinePlan extends Command<{ readonly plan: PlanVersion; readonly position: Position }> {
  constructor(
    readonly plan: Plan,
    readonly actor: Actor,
  ) {
    super();
  }
}

/** Defines a calendar. */
export class DefineCalendar extends Command<{ readonly calendar: CalendarVersion; readonly position: Position }> {
  constructor(
    readonly calendar: CalendarOrder,
    readonly actor: Actor,
  ) {
    super();
  }
}

/** Puts a customer on a plan that is there. */
export class EnrolCustomer extends Command<{ readonly customer: Enrolment; readonly position: Position }> {
  constructor(
    readonly enrolment: Enrolment,
    readonly actor: Actor,
  ) {
    super();
  }
}

const says = (clock: Clock, actor: Actor): { readonly id: string; readonly metadata: EventMetadata } => {
  const now = clock.now();
  return { id: newId(), metadata: { actor, occurredAt: now, recordedAt: now, schemaVersion: 1 } };
};

export async function definePlan({ store, catalogue, clock }: CataloguePorts, plan: Plan, actor: Actor) {
  await catalogue.expectCalendar(plan.calendar);
  const command = { content: plan, ...says(clock, actor) };
  const { position, recorded } = await handleCommand(store, planStream(plan.code), planDecider, command);
  catalogue.refresh();
  return { plan: { ...plan, version: 1, effectiveFrom: null }, position, recorded };
}

/** Its holidays are resolved to dates here, once. */
export async function defineCalendar({ store, catalogue, clock }: CataloguePorts, order: CalendarOrder, actor: Actor) {
  const thisYear = new Date(clock.now()).getUTCFullYear();
  const definition = await resolveHolidays(order.definition, thisYear).catch((error: unknown) => {
    throw refused(error, 'definition.');
  });
  const calendar: NamedCalendar = { ...order, definition };
  const command = { content: calendar, ...says(clock, actor) };
  const { position, recorded } = await handleCommand(store, calendarStream(calendar.code), calendarDecider, command);
  catalogue.refresh();
  return { calendar: { ...calendar, version: 1, effectiveFrom: null }, position, recorded };
}

export async function enrolCustomer({ store, catalogue, clock }: CataloguePorts, enrolment: Enrolment, actor: Actor) {
  await catalogue.expectPlan(enrolment.plan);
  if (enrolment.calendar !== null) await catalogue.expectCalendar(enrolment.calendar);
  const command = { content: enrolment, ...says(clock, actor) };
  const { position, recorded } = await handleCommand(
    store,
    customerStream(enrolment.customer),
    customerDecider,
    command,
  );
  catalogue.refresh();
  return { customer: enrolment, position, recorded };
}

/** The ports as Nest hands them to the handlers. */
class Ports implements CataloguePorts {
  constructor(
    @Inject(EVENT_STORE) readonly store: EventStore,
    @Inject(CATALOGUE) readonly catalogue: Catalogue,
    @Inject(CLOCK) readonly clock: Clock,
  ) {}
}

@CommandHandler(DefinePlan)
export class DefinePlanHandler extends Ports implements ICommandHandler<DefinePlan> {
  execute = ({ plan, actor }: DefinePlan) => definePlan(this, plan, actor);
}

@CommandHandler(DefineCalendar)
export class DefineCalendarHandler extends Ports implements ICommandHandler<DefineCalendar> {
  execute = ({ calendar, actor }: DefineCalendar) => defineCalendar(this, calendar, actor);
}

@CommandHandler(EnrolCustomer)
export class EnrolCustomerHandler extends Ports implements ICommandHandler<EnrolCustomer> {
  execute = ({ enrolment, actor }: EnrolCustomer) => enrolCustomer(this, enrolment, actor);
}
