import { Field, InputType } from '@nestjs/graphql';
import { InstantScalar } from '../../api/graphql/scalars.js';

/** The rule of a code, with what is said to who breaks it. */
export const code = (field: string) =>
  [/^[\w.-]{1,60}$/, { message: `${field} must be 1 to 60 letters, digits or . - _` }] as const;

@InputType({ isAbstract: true })
export class DatedInput {
  @Field(() => InstantScalar, {
    nullable: true,
    description: 'It holds from then on; from now on if it is left out. Not before that of the last version.',
  })
  effectiveFrom?: number;
}

@InputType({ isAbstract: true })
export class RevisionInput extends DatedInput {
  @Field(() => Boolean, {
    description:
      'Whether it applies to tickets that are open when it comes into force: their clocks are recalculated. Otherwise they keep their version.',
    defaultValue: false,
  })
  appliesToOpenTickets!: boolean;
}
