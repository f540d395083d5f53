import {
  AliasNode,
  AndNode,
  type Expression,
  IdentifierNode,
  type Kysely,
  type KyselyPlugin,
  OperationNodeTransformer,
  type OperationNode,
  ParensNode,
  SelectQueryNode,
  sql,
  TableNode,
  WhereNode,
} from 'kysely';
import { type Scope } from '../auth/scope.js';
import { askedBy, readElsewhere } from './read-dialect.js';
import { type Reads } from './read-port.js';
import { type Reader } from '../auth/asker.js';
import { type ReadModel, type Visible } from './read-model.js';
import { among } from './rows.js';
import { type Schema } from './schema.js';

/**
 * The read models as somebody may see them, who is no more able to ask for other rows than to ask other tables: whatever is
 * selected from is narrowed, in one place. Queries take this and not the database, so none can forget whom it answers.
 */
export interface Readable extends ReadRows {
  readonly scope: Scope;
  /** The same rows, for those of a page that are found by their keys: read at once, whatever else is read elsewhere. */
  readonly atOnce: ReadRows;
}

type ReadRows = Pick<Kysely<Schema>, 'selectFrom'>;

/** Hands out the read models to whoever says for whom. */
export interface Readers {
  /** For what may look at many rows: it is read elsewhere, for a limited time, and holds up nobody. */
  of(reader: Reader): Readable;
  /** For rows that are found by their key: they are read at once. */
  here(scope: Scope): Readable;
}

/**
 * @param db a connection of this thread
 * @param readModels whose tables are read
 */
export function readersOf(db: Kysely<Schema>, reads: Reads, readModels: readonly ReadModel[]): Readers {
  const visible = visibleIn(readModels);
  const elsewhere = readElsewhere<Schema>(reads, 'readModels');
  const everyones = readableAs('everyone', db.withoutPlugins());
  const here = (scope: Scope) => (scope === 'everyone' ? everyones : readableAs(scope, seenIn(db, scope, visible)));
  return {
    of: (reader) => {
      const theirs = seenIn(elsewhere.withPlugin(askedBy(reader)), reader.scope, visible);
      return readableAs(reader.scope, theirs, here(reader.scope));
    },
    here,
  };
}

const readableAs = (scope: Scope, rows: Kysely<Schema>, atOnce: ReadRows = rows): Readable =>
  Object.assign(rows, { scope, atOnce });

const seenIn = (db: Kysely<Schema>, scope: Scope, visible: VisibleRows): Kysely<Schema> =>
  scope === 'everyone' ? db : db.withPlugin(narrowedTo(scope, visible));

/** Which rows of each table are seen by whoever sees some customers; of one that is not among them, none. */
const visibleIn = (readModels: readonly ReadModel[]): VisibleRows =>
  new Map(readModels.flatMap(({ tables }) => Object.entries(tables).map(([name, { visible }]) => [name, visible])));

type VisibleRows = ReadonlyMap<string, Visible>;

function narrowedTo(scope: ReadonlySet<string>, visible: VisibleRows): KyselyPlugin {
  const transformer = new Narrowing(among(scope), visible);
  return {
    transformQuery: ({ node, queryId }) => {
      if (!SelectQueryNode.is(node)) throw new Error('those who see some customers alone may only select');
      return transformer.transformNode(node, queryId);
    },
    transformResult: ({ result }) => Promise.resolve(result),
  };
}

class Narrowing extends OperationNodeTransformer {
  constructor(
    private readonly theirs: Expression<unknown>,
    private readonly visible: VisibleRows,
  ) {
    super();
  }

  protected override transformSelectQuery(...given: Parameters<OperationNodeTransformer['transformSelectQuery']>) {
    const select = super.transformSelectQuery(...given);
    const sources = [...(select.from?.froms ?? []), ...(select.joins ?? []).map(({ table }) => table)];
    return sources.flatMap((source) => this.conditionsOn(source)).reduce(withCondition, select);
  }

  private conditionsOn(source: OperationNode): readonly OperationNode[] {
    const alias = AliasNode.is(source) && IdentifierNode.is(source.alias) ? source.alias.name : undefined;
    const named = AliasNode.is(source) ? source.node : source;
    if (SelectQueryNode.is(named)) return []; // narrowed by itself
    const table = TableNode.is(named) ? named.table.identifier.name : '?';
    const rule = this.visible.get(table) ?? 'none';
    if (rule === 'all') return [];
    if (rule === 'none') throw new Error(`those who see some customers alone may not select from ${table}`);
    return [rule((column) => sql.ref(`${alias ?? table}.${column}`), this.theirs).toOperationNode()];
  }
}

/** What was asked for, whatever its operators, and the condition too. */
const withCondition = (select: SelectQueryNode, condition: OperationNode): SelectQueryNode => ({
  ...select,
  where: WhereNode.create(
    select.where === undefined ? condition : AndNode.create(ParensNode.create(select.where.where), condition),
  ),
});
