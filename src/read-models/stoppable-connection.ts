import type { Database } from '../storage/sqlite.js';
import { AndNode, type KyselyPlugin, OperationNodeTransformer, ParensNode, sql, WhereNode } from 'kysely';

/** Rows looked at between two looks at the time. */
const rowsBetween = 64;

/** What may stop a statement while it runs. */
export interface Limit {
  /** Whether it is to go on; asked every so many rows. */
  readonly goesOn: () => boolean;
}

/** A statement was stopped while it ran. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/**
 * A connection whose statements can be stopped: SQLite asks the function `going_on` of each row that a select looks at. SQLite's
 * own interrupt is not to be had here, and a thread that is ended waits for its statement.
 */
export class StoppableConnection {
  /** Rows looked at so far. */
  looked = 0;
  private limit: Limit = { goesOn: () => true };

  constructor(readonly database: Database) {
    database.function('going_on', { deterministic: false }, () => {
      this.looked += 1;
      if (this.looked % rowsBetween === 0 && !this.limit.goesOn()) throw new Stopped('stopped');
      return 1;
    });
  }

  /** Does work whose statements end by a limit. @throws Stopped */
  within<Result>(limit: Limit, work: () => Result): Result {
    const before = this.limit;
    this.limit = limit;
    try {
      return work();
    } finally {
      this.limit = before;
    }
  }
}

/** Has each select, and each that is within one, ask whether it is to go on. */
export const askingToGoOn: KyselyPlugin = {
  transformQuery: ({ node, queryId }) => transformer.transformNode(node, queryId),
  transformResult: ({ result }) => Promise.resolve(result),
};

const goingOn = sql<boolean>`going_on()`.toOperationNode();

class GoingOn extends OperationNodeTransformer {
  protected override transformSelectQuery(...given: Parameters<OperationNodeTransformer['transformSelectQuery']>) {
    const select = super.transformSelectQuery(...given);
    const where = select.where === undefined ? goingOn : AndNode.create(goingOn, ParensNode.create(select.where.where));
    return select.from === undefined ? select : { ...select, where: WhereNode.create(where) };
  }
}

const transformer = new GoingOn();
