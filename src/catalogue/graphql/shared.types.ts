import { Field, Float, Int, ObjectType } from '@nestjs/graphql';
import { DayRuleEnum, TargetUnitEnum } from '../../api/graphql/enums.js';

@ObjectType('VersionRef', { description: 'A version of a plan or a calendar; versions are never edited.' })
export class VersionRefType {
  @Field(() => String, { description: 'The code of the plan or calendar.' })
  code!: string;

  @Field(() => Int, { description: 'Which version, from 1.' })
  version!: number;
}

@ObjectType('Target', { description: 'How long a promise allows.' })
export class TargetType {
  @Field(() => Float, { description: 'How many.' })
  amount!: number;

  @Field(() => TargetUnitEnum, { description: 'Of what.' })
  unit!: string;

  @Field(() => DayRuleEnum, { nullable: true, description: 'What "n business days" means; null for other units.' })
  rule?: string;
}

@ObjectType('SelfHelp', { description: 'A place where customers of a plan find help themselves.' })
export class SelfHelpType {
  @Field(() => String, { description: 'What it is called.' })
  title!: string;

  @Field(() => String, { description: 'Where it is.' })
  url!: string;
}
