import { QueryBus } from '@nestjs/cqrs';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { type Identity } from '../../auth/identity.js';
import { Caller, Requires } from '../../auth/requires.js';
import { MayScan } from '../../api/graphql/may-scan.js';
import { DueAtQuery } from '../queries/due-at-query.js';
import { DueAtInput, DueAtType } from './due-at.types.js';
import { toDueQuestion } from './to-definitions.js';

@Resolver()
export class DueAtResolver {
  constructor(private readonly queries: QueryBus) {}

  @MayScan()
  @Requires('readCatalogue')
  @Query(() => DueAtType, {
    nullable: true,
    description:
      'What would be due when, by which versions, and why. Refused: NO_PROMISE, PLAN_NOT_FOUND, CALENDAR_NOT_FOUND, UNKNOWN_TYPE, UNKNOWN_CHANNEL, UNKNOWN_PRIORITY, INVALID_TARGET, INVALID_PAUSE, NO_OPENING, OUT_OF_RANGE.',
  })
  dueAt(@Args('input', { description: 'The question.' }) input: DueAtInput, @Caller() { scope }: Identity) {
    return this.queries.execute(new DueAtQuery(scope, toDueQuestion(input)));
  }
}
