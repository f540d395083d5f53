import { ArgsType, Field, Float, ID, InputType } from '@nestjs/graphql';
import { IsOptional, Matches, Max, MaxLength, Min } from 'class-validator';
import { DeliveryStateEnum } from '../../api/graphql/enums.js';
import { IsFilterList, IsFilterText } from '../../api/graphql/filters.js';
import { PageArgs } from '../../api/graphql/relay-connection.js';
import { PositionScalar } from '../../api/graphql/scalars.js';
import { SlaEventFilterInput } from '../../feed/graphql/sla-event.types.js';
import { type Delivery } from '../outbox/deliveries.js';

const id = [/^[\w.-]{1,60}$/, { message: 'id must be 1 to 60 letters, digits or . - _' }] as const;

@InputType({ isAbstract: true })
class NamedWebhookInput {
  @Field(() => ID, { description: "The webhook's id." })
  @Matches(...id)
  id!: string;
}

@InputType('RegisterWebhookInput', { description: 'Where the feed is to be delivered.' })
export class RegisterWebhookInput {
  @Field(() => ID, { nullable: true, description: "An id of one's own choice; a new one if it is left out." })
  @IsOptional()
  @Matches(...id)
  id?: string;

  @Field(() => String, { description: 'Where events are sent: HTTPS, at a public address.' })
  @MaxLength(2_000)
  url!: string;

  @Field(() => String, { nullable: true, description: 'What it is for.' })
  @IsOptional()
  @MaxLength(200)
  description?: string;

  @Field(() => SlaEventFilterInput, { nullable: true, description: 'Which events; all if it is left out.' })
  filter?: SlaEventFilterInput;
}

@InputType('ChangeWebhookInput', { description: 'What is to be otherwise; what is left out stays.' })
export class ChangeWebhookInput extends NamedWebhookInput {
  @Field(() => String, { nullable: true, description: 'Where events are sent from then on.' })
  @IsOptional()
  @MaxLength(2_000)
  url?: string;

  @Field(() => String, { nullable: true, description: 'What it is for.' })
  @IsOptional()
  @MaxLength(200)
  description?: string;

  @Field(() => SlaEventFilterInput, { nullable: true, description: 'Which events from then on; in full.' })
  filter?: SlaEventFilterInput;
}

@InputType('WebhookInput', { description: 'A webhook.' })
export class WebhookInput extends NamedWebhookInput {}

@InputType('RotateWebhookSecretInput', { description: 'A webhook gets a new secret.' })
export class RotateWebhookSecretInput extends NamedWebhookInput {
  @Field(() => Float, {
    defaultValue: 24,
    description: 'For how many hours messages are signed with the secret before as well; 0 to 168.',
  })
  @Min(0)
  @Max(168)
  overlapHours!: number;
}

@InputType('ReplayWebhookInput', { description: 'What a webhook is to be sent once more.' })
export class ReplayWebhookInput extends NamedWebhookInput {
  @Field(() => PositionScalar, { description: 'All that it wants of what was recorded after this cursor.' })
  after!: string;
}

@InputType('WebhookDeliveryFilter', { description: 'Which deliveries; what is left out, or empty, does not narrow.' })
export class WebhookDeliveryFilterInput {
  @Field(() => ID, { nullable: true, description: 'To this webhook.' })
  @IsFilterText()
  webhook?: string;

  @Field(() => [DeliveryStateEnum], { nullable: true, description: 'In one of these states.' })
  @IsFilterList()
  states?: Delivery['state'][];

  @Field(() => ID, { nullable: true, description: 'Of this ticket.' })
  @IsFilterText()
  ticket?: string;
}

@ArgsType()
export class WebhookDeliveriesArgs extends PageArgs {
  @Field(() => WebhookDeliveryFilterInput, { nullable: true, description: 'Which of them.' })
  filter?: WebhookDeliveryFilterInput;
}
