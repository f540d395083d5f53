import { Inject } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { type Identity } from '../../auth/identity.js';
import { Asking, Caller, Requires } from '../../auth/requires.js';
import { type Reader } from '../../auth/asker.js';
import { toCursor } from '../../event-sourcing/cursor.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { givenValues } from '../../api/graphql/relay-connection.js';
import { orRejection } from '../../api/graphql/rejected.js';
import { EVENT_STORE } from '../../di-tokens.js';
import { type Changed } from '../commands/catalogue-ports.js';
import { type CalendarRequest } from '../commands/change-calendar.js';
import { ChangeCalendarCommand } from '../commands/change-calendar-handler.js';
import { type CustomerRequest } from '../commands/change-customer.js';
import { ChangeCustomerCommand } from '../commands/change-customer-handler.js';
import { type PlanRequest } from '../commands/change-plan.js';
import { ChangePlanCommand } from '../commands/change-plan-handler.js';
import { type Change, type History } from '../domain/version-history.js';
import { versionsOf } from '../domain/plan-decider.js';
import { DefineCalendarInput, ReviseCalendarInput } from './calendar.inputs.js';
import { calendarDefined, customerDefined, noticesOfChange, planDefined } from './catalogue-results.js';
import {
  ChangeCustomerPlanInput,
  EndCustomerEnrolmentInput,
  EnrolCustomerInput,
  SetCustomerCalendarInput,
} from './customer.inputs.js';
import { DefinePlanInput, RetirePlanInput, RevisePlanInput } from './plan.inputs.js';
import { toCalendar, toDefinition, toEnrolment, toPlan, toPlanChanges } from './to-definitions.js';
import { toCalendarType, toCustomerType, toPlanType } from './to-types.js';

@Resolver()
export class CatalogueMutationsResolver {
  constructor(
    private readonly commands: CommandBus,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  @Requires('changePlans')
  @Mutation(() => planDefined.Result, {
    nullable: true,
    description:
      'Defines a plan. Refused: PLAN_EXISTS, CALENDAR_NOT_FOUND, UNKNOWN_TYPE, UNKNOWN_CHANNEL, UNKNOWN_PRIORITY, INVALID_TARGET, DOUBLE_TARGET, AMBIGUOUS_TARGETS, INVALID_AT_RISK_SHARE.',
  })
  definePlan(@Args('input', { description: 'The plan.' }) input: DefinePlanInput, @Caller() caller: Identity) {
    return this.changePlan({ type: 'DefinePlan', plan: toPlan(input) }, caller);
  }

  @Requires('changePlans')
  @Mutation(() => planDefined.Result, {
    nullable: true,
    description:
      'Makes a new version of a plan, which governs what is opened from then on. Refused: PLAN_NOT_FOUND, EFFECTIVE_FROM_BEFORE_LAST, and all that definePlan is refused for.',
  })
  revisePlan(@Args('input', { description: 'The new version.' }) input: RevisePlanInput, @Caller() caller: Identity) {
    const { code, effectiveFrom, appliesToOpenTickets } = input;
    const dated = { effectiveFrom: effectiveFrom ?? undefined, appliesToOpenTickets };
    return this.changePlan({ type: 'RevisePlan', code, changes: toPlanChanges(input), ...dated }, caller);
  }

  @Requires('changePlans')
  @Mutation(() => planDefined.Result, {
    nullable: true,
    description: 'Retires a plan: it takes no new customers, and those who are on it stay. Refused: PLAN_NOT_FOUND.',
  })
  retirePlan(@Args('input', { description: 'The plan.' }) input: RetirePlanInput, @Caller() caller: Identity) {
    return this.changePlan(
      { type: 'RetirePlan', code: input.code, effectiveFrom: input.effectiveFrom ?? undefined },
      caller,
    );
  }

  @Requires('changePlans')
  @Mutation(() => calendarDefined.Result, {
    nullable: true,
    description: 'Defines a calendar. Refused: CALENDAR_EXISTS, and what is wrong with its hours.',
  })
  defineCalendar(
    @Args('input', { description: 'The calendar.' }) input: DefineCalendarInput,
    @Caller() caller: Identity,
    @Asking() { signal }: Reader,
  ) {
    return this.changeCalendar({ type: 'DefineCalendar', calendar: toCalendar(input) }, caller, signal);
  }

  @Requires('changePlans')
  @Mutation(() => calendarDefined.Result, {
    nullable: true,
    description:
      'Makes a new version of a calendar. Refused: CALENDAR_NOT_FOUND, EFFECTIVE_FROM_BEFORE_LAST, and what is wrong with its hours.',
  })
  reviseCalendar(
    @Args('input', { description: 'The new version.' }) input: ReviseCalendarInput,
    @Caller() caller: Identity,
    @Asking() { signal }: Reader,
  ) {
    const { code, effectiveFrom, appliesToOpenTickets } = input;
    const changes = { ...givenValues({ name: input.name }), definition: toDefinition(input) };
    const dated = { effectiveFrom: effectiveFrom ?? undefined, appliesToOpenTickets };
    return this.changeCalendar({ type: 'ReviseCalendar', code, changes, ...dated }, caller, signal);
  }

  @Requires('changeCustomers')
  @Mutation(() => customerDefined.Result, {
    nullable: true,
    description:
      'Puts a customer on a plan. Refused: CUSTOMER_ENROLLED, PLAN_NOT_FOUND, PLAN_RETIRED, CALENDAR_NOT_FOUND.',
  })
  enrolCustomer(
    @Args('input', { description: 'The customer.' }) input: EnrolCustomerInput,
    @Caller() caller: Identity,
  ) {
    return this.changeCustomer({ type: 'EnrolCustomer', enrolment: toEnrolment(input) }, caller);
  }

  @Requires('changeCustomers')
  @Mutation(() => customerDefined.Result, {
    nullable: true,
    description:
      'Puts a customer on another plan. Refused: CUSTOMER_NOT_FOUND, PLAN_NOT_FOUND, PLAN_RETIRED, EFFECTIVE_FROM_BEFORE_LAST.',
  })
  changeCustomerPlan(
    @Args('input', { description: 'The customer and the plan.' }) input: ChangeCustomerPlanInput,
    @Caller() caller: Identity,
  ) {
    const { id, plan, name, effectiveFrom } = input;
    const dated = { plan, effectiveFrom: effectiveFrom ?? undefined };
    const command = { type: 'ChangeCustomerPlan', customer: id.trim(), ...dated } as const;
    return this.changeCustomer({ ...command, ...givenValues({ name }) }, caller);
  }

  @Requires('changeCustomers')
  @Mutation(() => customerDefined.Result, {
    nullable: true,
    description:
      "Gives a customer a calendar of its own, or the plan's again. Refused: CUSTOMER_NOT_FOUND, ENROLMENT_ENDED, CALENDAR_NOT_FOUND, EFFECTIVE_FROM_BEFORE_LAST.",
  })
  setCustomerCalendar(
    @Args('input', { description: 'The customer and the calendar.' }) input: SetCustomerCalendarInput,
    @Caller() caller: Identity,
  ) {
    const { id, calendar = null, effectiveFrom } = input;
    const command = { customer: id.trim(), calendar, effectiveFrom: effectiveFrom ?? undefined };
    return this.changeCustomer({ ...command, type: 'SetCustomerCalendar' }, caller);
  }

  @Requires('changeCustomers')
  @Mutation(() => customerDefined.Result, {
    nullable: true,
    description:
      'Ends the enrolment of a customer; it may be enrolled again. Refused: CUSTOMER_NOT_FOUND, ENROLMENT_ENDED, EFFECTIVE_FROM_BEFORE_LAST.',
  })
  endCustomerEnrolment(
    @Args('input', { description: 'The customer, and when.' }) input: EndCustomerEnrolmentInput,
    @Caller() caller: Identity,
  ) {
    const { id, effectiveFrom } = input;
    const command = { type: 'EndCustomerEnrolment', customer: id.trim() } as const;
    return this.changeCustomer({ ...command, effectiveFrom: effectiveFrom ?? undefined }, caller);
  }

  private changePlan(command: PlanRequest, { actor }: Identity) {
    const work = this.commands.execute(new ChangePlanCommand(command, actor));
    const code = command.type === 'DefinePlan' ? command.plan.code : command.code;
    return this.answer(planDefined.Defined, code, work, (history, last) =>
      toPlanType(history, versionsOf(history).at(-1) ?? last),
    );
  }

  private changeCalendar(command: CalendarRequest, { actor }: Identity, signal: AbortSignal) {
    const work = this.commands.execute(new ChangeCalendarCommand(command, actor, signal));
    const code = command.type === 'DefineCalendar' ? command.calendar.code : command.code;
    return this.answer(calendarDefined.Defined, code, work, toCalendarType);
  }

  private changeCustomer(command: CustomerRequest, { actor, scope }: Identity) {
    const work = this.commands.execute(new ChangeCustomerCommand(scope, command, actor));
    const customer = command.type === 'EnrolCustomer' ? command.enrolment.customer : command.customer;
    return this.answer(customerDefined.Defined, customer, work, toCustomerType);
  }

  private answer<Content, Type extends string, Thing, Answer extends { thing: Thing; position: string }>(
    type: new () => Answer,
    about: string,
    work: Promise<Changed<History<Content, Type>>>,
    toType: (history: History<Content, Type>, last: Change<Content, Type>) => Thing,
  ) {
    return orRejection(
      work.then(({ history, position, recorded }) => {
        const last = history.at(-1);
        if (last === undefined) throw new Error('what was changed is not there');
        const notices = noticesOfChange(recorded, about);
        return Object.assign(new type(), {
          thing: toType(history, last),
          position: toCursor(this.store, position),
          notices,
        });
      }),
    );
  }
}
