import { Inject } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Args, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { orRejection } from '../../api/graphql/rejected.js';
import { type Reader } from '../../auth/asker.js';
import { type Identity } from '../../auth/identity.js';
import { Asking, Caller, Requires } from '../../auth/requires.js';
import { EVENT_STORE } from '../../di-tokens.js';
import { toCursor } from '../../event-sourcing/cursor.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { JoinCustomersCommand } from '../commands/join-customers-handler.js';
import { type KeptJoin } from '../domain/joins-decider.js';
import { JoinsOfCustomerQuery } from '../queries/joins-query.js';
import { joinDefined, noticesOfChange } from './catalogue-results.js';
import { CustomerType } from './catalogue.types.js';
import { CustomerJoinType, JoinCustomersInput } from './join.types.js';

/** Two ids of one company. */
@Resolver(() => CustomerType)
export class JoinsResolver {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  @ResolveField(() => [CustomerJoinType], {
    description: 'The joins of its id to another, and of others to it, in the order in which they were recorded.',
  })
  async joins(@Parent() { id }: CustomerType, @Asking() reader: Reader): Promise<readonly CustomerJoinType[]> {
    return (await this.queries.execute(new JoinsOfCustomerQuery(reader, id))).map(toJoinType);
  }

  @Requires('changeCustomers')
  @Mutation(() => joinDefined.Result, {
    nullable: true,
    description: 'Joins two ids of one company, once. Refused: CUSTOMER_JOINED, JOIN_INTO_ITSELF, JOIN_CYCLE.',
  })
  joinCustomers(@Args('input', { description: 'Both ids.' }) input: JoinCustomersInput, @Caller() caller: Identity) {
    const [customer, into] = [input.from.trim(), input.into.trim()];
    const request = { type: 'JoinCustomers', customer, into, effectiveFrom: input.effectiveFrom ?? undefined } as const;
    const joined = this.commands
      .execute(new JoinCustomersCommand(caller.scope, request, caller.actor))
      .then(({ history: joins, position, recorded }) => {
        const join = joins.get(customer);
        if (join === undefined) throw new Error('what was joined is not there');
        return Object.assign(new joinDefined.Defined(), {
          thing: toJoinType(join),
          notices: noticesOfChange(recorded, customer),
          position: toCursor(this.store, position),
        });
      });
    return orRejection(joined);
  }
}

const toJoinType = ({ customer: from, ...join }: KeptJoin): CustomerJoinType =>
  Object.assign(new CustomerJoinType(), { from, ...join });
