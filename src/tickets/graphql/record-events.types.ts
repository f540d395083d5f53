import { ArgsType, Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { RecordedEnum } from '../../api/graphql/enums.js';
import { NoticeType } from '../../api/graphql/notice.type.js';
import { PositionScalar } from '../../api/graphql/scalars.js';
import { TicketEventInput } from './event.inputs.js';

@ArgsType()
export class RecordTicketEventsArgs {
  @Field(() => [TicketEventInput], { description: 'What happened, 1 to 1,000; those of one ticket in their order.' })
  events!: TicketEventInput[];
}

@ObjectType('RecordedTicketEvent', { description: 'What became of one of the events.' })
export class RecordedTicketEventType {
  @Field(() => Int, { description: 'Its place in what was sent, from 0.' })
  index!: number;

  @Field(() => ID, { nullable: true, description: "The ticket's id; null where what was named is no ticket." })
  ticket!: string | null;

  @Field(() => RecordedEnum, { description: 'What became of it.' })
  outcome!: string;

  @Field(() => String, { nullable: true, description: 'Why it was refused: a stable code.' })
  code!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it was refused, for people.' })
  message!: string | null;

  @Field(() => [NoticeType], {
    description: 'What the sender should know of it: that it counts for nothing, or in another way.',
  })
  notices!: readonly NoticeType[];
}

@ObjectType('TicketEventsRecorded', { description: 'What became of each event.' })
export class TicketEventsRecordedType {
  @Field(() => [RecordedTicketEventType], { description: 'One for each event, in their order.' })
  results!: RecordedTicketEventType[];

  @Field(() => PositionScalar, {
    description: 'Give it to a query as `minPosition`, and its answer includes these writes.',
  })
  position!: string;
}
