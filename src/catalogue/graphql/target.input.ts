import { Field, Float, InputType } from '@nestjs/graphql';
import { type DayRule, type Target } from '../../business-time/calendar.js';
import { DayRuleEnum, TargetUnitEnum } from '../../api/graphql/enums.js';

@InputType('TargetInput', { description: 'How long a promise allows.' })
export class TargetInput {
  @Field(() => Float, { description: 'How many; above zero.' })
  amount!: number;

  @Field(() => TargetUnitEnum, { description: 'Of what.' })
  unit!: 'seconds' | 'minutes' | 'hours' | 'businessDays';

  @Field(() => DayRuleEnum, {
    nullable: true,
    description: 'What "n business days" means; SAME_TIME if it is left out.',
  })
  rule?: DayRule;
}

/** The target that an input asks for. */
export const toTarget = ({ amount, unit, rule }: TargetInput): Target =>
  unit === 'businessDays' ? { amount, unit, rule: rule ?? 'sameTime' } : { amount, unit };
