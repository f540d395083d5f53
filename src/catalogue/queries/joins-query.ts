import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ReadBarrier } from '../../api/graphql/read-barrier.js';
import { type Reader } from '../../auth/asker.js';
import { READERS } from '../../di-tokens.js';
import { type Readers } from '../../read-models/scoped.js';
import { type JoinEvent } from '../domain/catalogue-events.js';
import { joinsDecider, type KeptJoin } from '../domain/joins-decider.js';

/** The joins of a customer's id to another, and of others to it, as they were recorded. */
export class JoinsOfCustomerQuery extends Query<readonly KeptJoin[]> {
  constructor(
    readonly reader: Reader,
    readonly id: string,
    readonly minPosition?: string,
  ) {
    super();
  }
}

@QueryHandler(JoinsOfCustomerQuery)
export class JoinsOfCustomerHandler implements IQueryHandler<JoinsOfCustomerQuery> {
  constructor(
    @Inject(READERS) private readonly readers: Readers,
    private readonly barrier: ReadBarrier,
  ) {}

  async execute({ reader, id, minPosition }: JoinsOfCustomerQuery) {
    await this.barrier.seen(['catalogue'], minPosition);
    const rows = this.readers.of(reader).selectFrom('catalogue').select('event').where('kind', '=', 'join');
    const found = await rows.where('code', '=', id).orderBy('revision').execute();
    const events = found.map(({ event }) => JSON.parse(event) as JoinEvent);
    return [...events.reduce((joins, event) => joinsDecider.evolve(joins, event), joinsDecider.initial).values()];
  }
}
