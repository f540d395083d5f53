import { Inject } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Asking, Requires } from '../../auth/requires.js';
import { type Reader } from '../../auth/asker.js';
import { recordedBy } from '../../api/graphql/actor.js';
import { orRejection } from '../../api/graphql/rejected.js';
import { givenValues } from '../../api/graphql/relay-connection.js';
import { EVENT_STORE } from '../../di-tokens.js';
import { toCursor } from '../../event-sourcing/cursor.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { type Notice, notice } from '../../event-sourcing/notice.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { StorageFault } from '../../event-sourcing/storage-fault.js';
import { customerIdOf } from '../../parsing/customer-id.js';
import { ChangeTicketCommand } from '../commands/change-ticket-handler.js';
import { eachTicket } from '../commands/each-ticket.js';
import { expectOwnCustomer } from '../../auth/scope.js';
import { type TicketRequest } from '../commands/ticket-request.js';
import { OpenedTicketsQuery } from '../queries/ticket-queries.js';
import {
  PlanReappliedToCustomerResult,
  PlanReappliedToCustomerType,
  ReapplyPlanToCustomerInput,
  type TicketNotReappliedType,
} from './reapply-to-customer.types.js';
import { UnknownInFilterQuery } from '../unknown-in-filter.js';
import { From, type Sender } from './request-sender.js';

/** Judges a customer's history again, some tickets at a time. Done again it changes nothing, so whoever was interrupted begins again. */
@Resolver()
export class ReapplyToCustomerResolver {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  @Requires('changeCustomers')
  @Mutation(() => PlanReappliedToCustomerResult, {
    nullable: true,
    description:
      "Judges a customer's tickets of a period again, answered clocks too, by what is known now of the customer: each clock by the versions that were in force when it started, and by the class that the ticket had then. Use it if a history was imported before its customers were enrolled. A request takes some tickets, the oldest first: repeat it with `after` while `hasNextPage`. What was judged before stays.",
  })
  reapplyPlanToCustomer(
    @Args('input', { description: 'Whose tickets, and from when.' }) input: ReapplyPlanToCustomerInput,
    @From() sender: Sender,
    @Asking() reader: Reader,
  ) {
    return orRejection(this.reapply(input, sender, reader));
  }

  private async reapply(
    input: ReapplyPlanToCustomerInput,
    { identity, signal }: Sender,
    reader: Reader,
  ): Promise<PlanReappliedToCustomerType> {
    const { openedFrom: from, openedBefore: before, first, after } = givenValues(input);
    const customer = customerIdOf(input.customer) ?? input.customer;
    expectOwnCustomer(identity.scope, customer);
    let last = await this.store.lastPosition();
    const opened = { customer, ...givenValues({ from, before }) };
    const page = await this.queries.execute(
      new OpenedTicketsQuery(reader, opened, givenValues({ first, after }), toCursor(this.store, last)),
    );
    const request: TicketRequest = {
      command: { type: 'ReapplyPlan', answered: true, keepsClasses: true },
      ...recordedBy(identity, undefined),
    };
    const errors: TicketNotReappliedType[] = [];
    let changed = 0;
    const judge = async (ticket: string) => {
      try {
        const command = new ChangeTicketCommand(identity.scope, ticket, [request], false, signal);
        const { outcomes, position } = await this.commands.execute(command);
        const [outcome] = outcomes;
        if (outcome?.kind === 'rejected') throw outcome.rejection;
        if (outcome?.kind === 'recorded') changed += 1;
        if (position > last) last = position;
      } catch (error) {
        if (!(error instanceof Rejection) || error instanceof StorageFault || signal.aborted) throw error;
        errors.push({ ticket, code: error.code, message: error.message });
      }
    };
    const tickets = page.edges.map(({ node }) => node);
    await eachTicket(new Map(tickets.map((ticket) => [ticket, [request]])), ({ command }) => command, judge);
    const isSo = tickets.length > errors.length && changed === 0;
    const notices = isSo
      ? [notice('alreadySo', customer)]
      : tickets.length > 0
        ? []
        : await this.unknown(reader, customer);
    return Object.assign(new PlanReappliedToCustomerType(), {
      ...{ tickets: tickets.length, changed, errors, notices, position: toCursor(this.store, last) },
      ...{ endCursor: page.pageInfo.endCursor, hasNextPage: await page.pageInfo.hasNextPage },
    });
  }

  private async unknown(reader: Reader, customer: string): Promise<readonly Notice[]> {
    const unknown = await this.queries.execute(new UnknownInFilterQuery(reader, { customers: [customer] }, undefined));
    return unknown.map(({ code }) => notice(code, customer, `customer: there is no customer "${customer}".`));
  }
}
