import { QueryBus } from '@nestjs/cqrs';
import { Field, ID, Int, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { Requires } from '../../auth/requires.js';
import { WorkEnum } from '../../api/graphql/enums.js';
import { InstantScalar } from '../../api/graphql/scalars.js';
import { StuckTicketListQuery } from '../stuck-tickets-query.js';

@ObjectType('StuckTicket', {
  description: 'A ticket whose background work fails. It is tried again; other tickets continue.',
})
export class StuckTicketType {
  @Field(() => ID, { description: "The ticket's id." })
  ticket!: string;

  @Field(() => WorkEnum, { description: 'The work that fails.' })
  work!: string;

  @Field(() => String, { description: 'Why it failed last.' })
  error!: string;

  @Field(() => Int, { description: 'How often it was tried.' })
  tries!: number;

  @Field(() => InstantScalar, { description: 'When it failed first.' })
  since!: number;

  @Field(() => InstantScalar, { description: 'When it failed last.' })
  lastAt!: number;

  @Field(() => InstantScalar, { description: 'When it is tried next.' })
  retryAt!: number;
}

@Resolver()
export class StuckTicketsResolver {
  constructor(private readonly bus: QueryBus) {}

  @Requires('operate')
  @Query(() => [StuckTicketType], {
    nullable: true,
    description: 'Tickets whose background work fails, the longest first; at most 1,000.',
  })
  async stuckTickets(): Promise<StuckTicketType[]> {
    const rows = await this.bus.execute(new StuckTicketListQuery());
    return rows.map(({ last_at: lastAt, retry_at: retryAt, ...row }) =>
      Object.assign(new StuckTicketType(), { ...row, lastAt, retryAt }),
    );
  }
}
