import { Field, ObjectType } from '@nestjs/graphql';
import { Rejection } from '../../event-sourcing/rejection.js';

@ObjectType('Rejection', { description: 'A command refused: nothing was recorded.' })
export class RejectionType {
  @Field(() => String, { description: 'A stable code for programs, as in `TICKET_NOT_FOUND`.' })
  code!: string;

  @Field(() => String, { description: 'What is wrong, for people.' })
  message!: string;
}

/** What some work answers, or its refusal as a member of the union: the one place that turns one into the other. */
export async function orRejection<Answer extends object>(work: Promise<Answer>): Promise<Answer | RejectionType> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Rejection)
      return Object.assign(new RejectionType(), { code: error.code, message: error.message });
    throw error;
  }
}

/** Tells a refusal from what a mutation answers otherwise, for a union's `resolveType`. */
export const memberOf =
  <Answer extends object>(answer: abstract new () => Answer) =>
  (value: object) =>
    value instanceof RejectionType ? RejectionType : answer;
