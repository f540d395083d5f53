import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { CATALOGUE } from '../../tokens.js';
import { type Catalogue } from '../catalogue.js';
import { type DueAnswer, type DueQuestion, whatIsDue } from '../due-at.js';

/** What would be due when. Asked of the versions that commands go by, so it is never behind. */
export class DueAt extends Query<DueAnswer> {
  constructor(readonly question: DueQuestion) {
    super();
  }
}

@QueryHandler(DueAt)
export class DueAtHandler implements IQueryHandler<DueAt> {
  constructor(@Inject(CATALOGUE) private readonly catalogue: Catalogue) {}

  execute = ({ question }: DueAt) => whatIsDue(this.catalogue, question);
}
