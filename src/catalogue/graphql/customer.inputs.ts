import { Field, ID, InputType } from '@nestjs/graphql';
import { IsNotEmpty, IsOptional, Matches, MaxLength } from 'class-validator';
import { IsCustomerId } from '../../api/graphql/is-customer-id.js';
import { InstantScalar } from '../../api/graphql/scalars.js';
import { code, DatedInput } from './change.inputs.js';

@InputType('EnrolCustomerInput', { description: 'A customer is put on a plan.' })
export class EnrolCustomerInput {
  @Field(() => ID, { description: "The customer's id: any text of 1 to 200 characters." })
  @IsCustomerId()
  id!: string;

  @Field(() => String, { nullable: true, description: "The customer's name." })
  @IsOptional()
  @IsNotEmpty()
  @MaxLength(200)
  name?: string;

  @Field(() => String, { description: 'The code of a plan.' })
  @Matches(...code('plan'))
  plan!: string;

  @Field(() => String, { nullable: true, description: "The code of a calendar of its own, in place of the plan's." })
  @IsOptional()
  @Matches(...code('calendar'))
  calendar?: string;

  @Field(() => InstantScalar, {
    nullable: true,
    description: 'On the plan from then on; from the beginning of time if it is left out.',
  })
  effectiveFrom?: number;
}

@InputType('ChangeCustomerPlanInput', {
  description:
    'Moves a customer to another plan. Running clocks stay as they are; clocks that start later follow the new plan.',
})
export class ChangeCustomerPlanInput extends DatedInput {
  @Field(() => ID, { description: "The customer's id: any text of 1 to 200 characters." })
  @IsCustomerId()
  id!: string;

  @Field(() => String, { description: 'The code of the plan.' })
  @Matches(...code('plan'))
  plan!: string;

  @Field(() => String, { nullable: true, description: "The customer's name from now on; as it was if it is left out." })
  @IsOptional()
  @IsNotEmpty()
  @MaxLength(200)
  name?: string;
}

@InputType('EndCustomerEnrolmentInput', {
  description:
    'Ends the enrolment of a customer. Running clocks stay as they are; what is opened and clocks that start later follow the default plan.',
})
export class EndCustomerEnrolmentInput extends DatedInput {
  @Field(() => ID, { description: "The customer's id: any text of 1 to 200 characters." })
  @IsCustomerId()
  id!: string;
}

@InputType('SetCustomerCalendarInput', {
  description: 'Gives a customer its own calendar, or the calendar of its plan again. Running clocks stay as they are.',
})
export class SetCustomerCalendarInput extends DatedInput {
  @Field(() => ID, { description: "The customer's id: any text of 1 to 200 characters." })
  @IsCustomerId()
  id!: string;

  @Field(() => String, { nullable: true, description: "The code of the calendar; the plan's if it is left out." })
  @IsOptional()
  @Matches(...code('calendar'))
  calendar?: string;
}
