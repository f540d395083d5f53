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
import { type Reads } from './reads.js';
import { type Reader } from '../auth/asker.js';
import { among } from './rows.js';
import { type Schema } from './schema.js';

/**
 * The read models as somebody may see them, who is no more able to ask for other rows than to ask other tables: whatever is
 * selected from is narrowed, in one place. Queries take this and not the database, so none can forget whom it answers.
 */
export interface Readable extends Pick<Kysely<Schema>, 'selectFrom'> {
  readonly scope: Scope;
}

/** Hands out the read models to whoever says for whom. */
export interface Readers {
  /** For what may look at many rows: it is read elsewhere, for a limited time, and holds up nobody. */
  of(reader: Reader): Readable;
  /** For rows that are found by their key: they are read at once. */
  atHand(scope: Scope): Readable;
}

/** @param db a connection of this thread */
export function readersOf(db: Kysely<Schema>, reads: Reads): Readers {
  const elsewhere = readElsewhere<Schema>(reads, 'readModels');
  const everyones: Readable = Object.assign(db.withoutPlugins(), { scope: 'everyone' as const });
  return {
    of: (reader) => seenIn(elsewhere.withPlugin(askedBy(reader)), reader.scope),
    atHand: (scope) => (scope === 'everyone' ? everyones : seenIn(db, scope)),
  };
}

const seenIn = (db: Kysely<Schema>, scope: Scope): Readable =>
  Object.assign(scope === 'everyone' ? db : db.withPlugin(narrowedTo(scope)), { scope });

/** Which rows of a table the readers of some customers see; `all`, or `none`, which then cannot be asked at all. */
type Visible =
  'all' | 'none' | ((column: (name: string) => Expression<unknown>, theirs: Expression<unknown>) => Condition);
type Condition = Expression<unknown>;

/** Asked of each row that is found: a list of all tickets of a customer may be long. */
const ofTicket: Visible = (column, theirs) =>
  sql`EXISTS (SELECT 1 FROM tickets AS theirs WHERE theirs.id = ${column('ticket')} AND theirs.customer IN ${theirs})`;

const ofCustomer: Visible = (column, theirs) => sql`${column('customer')} IN ${theirs}`;

const visible: Readonly<Record<keyof Schema, Visible>> = {
  tickets: ofCustomer,
  clocks: ofTicket,
  facts: ofTicket,
  breaches: ofCustomer,
  verdicts: ofCustomer,
  catalogue: (column, theirs) => sql`(${column('kind')} <> 'customer' OR ${column('code')} IN ${theirs})`,
  plans: 'all',
  sla_summary: 'none',
  imports: 'none',
  governed: 'none',
  revisions: 'none',
  relayouts: 'none',
  hand_overs: 'none',
  checkpoints: 'none',
  log: 'none',
};

function narrowedTo(scope: ReadonlySet<string>): KyselyPlugin {
  const transformer = new Narrowing(among(scope));
  return {
    transformQuery: ({ node, queryId }) => {
      if (!SelectQueryNode.is(node)) throw new Error('those who see some customers alone may only select');
      return transformer.transformNode(node, queryId);
    },
    transformResult: ({ result }) => Promise.resolve(result),
  };
}

class Narrowing extends OperationNodeTransformer {
  constructor(private readonly theirs: Expression<unknown>) {
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
    const rule = isTable(table) ? visible[table] : 'none';
    if (rule === 'all') return [];
    if (rule === 'none') throw new Error(`those who see some customers alone may not select from ${table}`);
    return [rule((column) => sql.ref(`${alias ?? table}.${column}`), this.theirs).toOperationNode()];
  }
}

const isTable = (name: string): name is keyof Schema => Object.hasOwn(visible, name);

/** What was asked for, whatever its operators, and the condition too. */
const withCondition = (select: SelectQueryNode, condition: OperationNode): SelectQueryNode => ({
  ...select,
  where: WhereNode.create(
    select.where === undefined ? condition : AndNode.create(ParensNode.create(select.where.where), condition),
  ),
});
