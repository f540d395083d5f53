import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import { Requires } from '../../auth/requires.js';
import { ActorType } from '../../api/graphql/actor.js';
import { BenefitEnum, CatalogueChangeEnum, FollowUpStartsEnum, SatisfiedByEnum } from '../../api/graphql/enums.js';
import { connectionOf } from '../../api/graphql/relay-connection.js';
import { InstantScalar, JsonScalar } from '../../api/graphql/scalars.js';
import { type Metric } from '../domain/plan.js';
import { MetricEnum, PlanPausesType } from './metric.types.js';
import { SelfHelpType, TargetType } from './shared.types.js';

@ObjectType('FieldChange', { description: 'A field that a new version changed; a list is one field.' })
export class FieldChangeType {
  @Field(() => String, { description: "The field's path, as in `pauses.followUp`." })
  path!: string;

  @Field(() => JsonScalar, { nullable: true, description: 'What it was; null where it was not there.' })
  before!: unknown;

  @Field(() => JsonScalar, { nullable: true, description: 'What it is; null where it is no longer there.' })
  after!: unknown;
}

@ObjectType('CatalogueChange', {
  description: 'What was recorded of a plan, a calendar, a customer or a word; it is never edited.',
})
export class CatalogueChangeType {
  @Field(() => CatalogueChangeEnum, { description: 'What was done.' })
  type!: string;

  @Field(() => Int, { description: 'The version it made, from 1; a retirement makes none, and has the last.' })
  version!: number;

  @Field(() => InstantScalar, {
    nullable: true,
    description: 'It holds from then on; null: from the beginning of time.',
  })
  effectiveFrom!: number | null;

  @Field(() => Boolean, { description: 'Whether tickets that are open when it comes into force are recalculated.' })
  appliesToOpenTickets!: boolean;

  @Field(() => InstantScalar, { description: 'When it was recorded here.' })
  recordedAt!: number;

  @Field(() => ActorType, { description: 'Who did it.' })
  actor!: ActorType;

  @Field(() => [FieldChangeType], { description: 'What it changed of the version before; empty for the first.' })
  changes!: readonly FieldChangeType[];
}

@ObjectType('PlanTarget', { description: 'One promise of a plan.' })
export class PlanTargetType {
  @Field(() => MetricEnum, { description: 'What is promised.' })
  metric!: string;

  @Field(() => TargetType, { description: 'How long it allows.' })
  target!: TargetType;

  @Field(() => String, { nullable: true, description: 'Only for tickets of this type.' })
  type?: string;

  @Field(() => String, { nullable: true, description: 'Only for tickets of this priority.' })
  priority?: string;

  @Field(() => String, {
    nullable: true,
    description: "The code of the calendar it is counted in; null: the customer's, else the plan's.",
  })
  calendar?: string;
}

@ObjectType('Plan', { description: 'What a provider promises the customers of a plan.' })
export class PlanType {
  @Field(() => ID, { description: 'Its code.' })
  code!: string;

  @Field(() => Int, { description: 'Which version, from 1.' })
  version!: number;

  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => Int, { description: 'Of two tickets due at the same time, the one of the higher rank comes first.' })
  rank!: number;

  @Field(() => String, {
    description: 'The code of the calendar it is counted in, but for targets and customers that have their own.',
  })
  calendar!: string;

  @Field(() => [String], { description: 'Channels with a guarantee.' })
  channels!: readonly string[];

  @Field(() => [String], { description: 'Types with a guarantee.' })
  types!: readonly string[];

  @Field(() => [PlanTargetType], { description: 'What it promises.' })
  targets!: readonly PlanTargetType[];

  @Field(() => Float, { description: "Share of a clock's time, 0 to 1, after which it is at risk." })
  atRiskShare!: number;

  @Field(() => FollowUpStartsEnum, { description: 'What starts a follow-up.' })
  followUpStarts!: string;

  @Field(() => PlanPausesType, { description: 'What pauses which clock.' })
  pauses!: Readonly<Record<Metric, readonly string[]>>;

  @Field(() => SatisfiedByEnum, { description: 'What satisfies a resolution.' })
  resolutionSatisfiedBy!: string;

  @Field(() => [SelfHelpType], { description: 'Where its customers find help themselves.' })
  selfHelp!: readonly SelfHelpType[];

  @Field(() => [BenefitEnum], { description: 'What it gives beside answers to tickets.' })
  benefits!: readonly string[];

  @Field(() => InstantScalar, {
    nullable: true,
    description: 'In force from then on; null: from the beginning of time.',
  })
  effectiveFrom!: number | null;

  @Field(() => InstantScalar, {
    nullable: true,
    description: 'The instant from which it accepts no new customers; null while it accepts them.',
  })
  retiredFrom!: number | null;

  @Requires('readHistory')
  @Field(() => [CatalogueChangeType], {
    description: 'All that was recorded of it, in that order, with who did it when; for the roles that read histories.',
  })
  history!: Promise<readonly CatalogueChangeType[]>;
}

@ObjectType('Calendar', { description: 'When a support desk is open.' })
export class CalendarType {
  @Field(() => ID, { description: 'Its code.' })
  code!: string;

  @Field(() => Int, { description: 'Which version, from 1.' })
  version!: number;

  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => String, { description: 'Its IANA zone.' })
  timeZone!: string;

  @Field(() => JsonScalar, { description: 'The whole definition: weekly hours, holidays, hours of single dates.' })
  definition!: unknown;

  @Field(() => InstantScalar, {
    nullable: true,
    description: 'In force from then on; null: from the beginning of time.',
  })
  effectiveFrom!: number | null;

  @Requires('readHistory')
  @Field(() => [CatalogueChangeType], {
    description: 'All that was recorded of it, in that order, with who did it when; for the roles that read histories.',
  })
  history!: Promise<readonly CatalogueChangeType[]>;
}

@ObjectType('Customer', { description: 'A customer, and the plan it is on.' })
export class CustomerType {
  @Field(() => ID, { description: "The customer's id." })
  id!: string;

  @Field(() => String, { nullable: true, description: "The customer's name." })
  name!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The code of its plan; null after the end of its enrolment: the default plan governs.',
  })
  plan!: string | null;

  @Field(() => String, { nullable: true, description: "The code of its own calendar, in place of the plan's." })
  calendar!: string | null;

  @Field(() => InstantScalar, {
    nullable: true,
    description: 'It stands so from then on; null: from the beginning of time.',
  })
  effectiveFrom!: number | null;

  @Requires('readHistory')
  @Field(() => [CatalogueChangeType], {
    description: 'All that was recorded of it, in that order, with who did it when; for the roles that read histories.',
  })
  history!: Promise<readonly CatalogueChangeType[]>;
}

export const CustomerConnection = connectionOf('Customer', () => CustomerType);
