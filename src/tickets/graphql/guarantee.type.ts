import { Field, ObjectType } from '@nestjs/graphql';
import { BestEffortReasonEnum, GuaranteeKindEnum } from '../../api/graphql/enums.js';

@ObjectType('Guarantee', {
  description: 'Whether clocks run on a ticket, and if not, why. No ticket is refused for its plan.',
})
export class GuaranteeType {
  @Field(() => GuaranteeKindEnum, { description: 'Guaranteed, or best effort.' })
  kind!: string;

  @Field(() => BestEffortReasonEnum, {
    nullable: true,
    description: 'Why it is best effort; null where it is guaranteed.',
  })
  reason!: string | null;
}
