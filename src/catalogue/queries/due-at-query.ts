import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type Scope, sees } from '../../auth/scope.js';
import { soon } from '../../event-sourcing/soon.js';
import { CATALOGUE } from '../../di-tokens.js';
import { type Catalogue } from '../catalogue.js';
import { type DueAnswer, type DueQuestion, whatIsDue } from '../due-at.js';

/** What would be due when. Asked of the versions that commands go by, so it is never behind. */
export class DueAtQuery extends Query<DueAnswer> {
  constructor(
    readonly scope: Scope,
    readonly question: DueQuestion,
  ) {
    super();
  }
}

@QueryHandler(DueAtQuery)
export class DueAtHandler implements IQueryHandler<DueAtQuery> {
  constructor(@Inject(CATALOGUE) private readonly catalogue: Catalogue) {}

  /** A customer that may not be seen is as one that nobody enrolled. */
  execute = ({ scope, question }: DueAtQuery) => {
    const { customer } = question;
    const seen = customer === null || sees(scope, customer) ? customer : null;
    return soon(whatIsDue(this.catalogue, { ...question, customer: seen }));
  };
}
