import { createUnionType, Field, Int, ObjectType } from '@nestjs/graphql';
import { memberOf, RejectionType } from '../../api/graphql/rejected.js';
import { NoticeType } from '../../api/graphql/notice.type.js';
import { PositionScalar } from '../../api/graphql/scalars.js';
import { TicketObjectType } from './ticket.type.js';

@ObjectType('TicketChanged', { description: 'The ticket as decided, its clocks among it.' })
export class TicketChangedType {
  @Field(() => TicketObjectType, { description: 'The ticket as it stands now.' })
  ticket!: TicketObjectType;

  @Field(() => PositionScalar, {
    description: 'Give it to a query as `minPosition`, and its answer includes this write.',
  })
  position!: string;

  @Field(() => Int, {
    description: 'How many events were recorded: the fact and what it caused. 0: it was already so.',
  })
  recorded!: number;

  @Field(() => [NoticeType], {
    description: 'What the sender should know of it: that it counts for nothing, or in another way.',
  })
  notices!: readonly NoticeType[];
}

export const TicketResult = createUnionType({
  name: 'TicketResult',
  description: 'The ticket changed, or why it was not.',
  types: () => [TicketChangedType, RejectionType] as const,
  resolveType: memberOf(TicketChangedType),
});
