import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  Kysely,
  type KyselyPlugin,
  type QueryId,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { askingToGoOn } from './stoppable-connection.js';
import { type ReadFile, type Reads } from './read-port.js';
import { type Asker } from '../auth/asker.js';

/** Who asks each query that is under way. */
const askers = new WeakMap<QueryId, Asker>();

/** Says who asks all queries. */
export const askedBy = (asker: Asker): KyselyPlugin => ({
  transformQuery: ({ node, queryId }) => {
    askers.set(queryId, asker);
    return node;
  },
  transformResult: ({ result }) => Promise.resolve(result),
});

/** A database that is read elsewhere, statement by statement; each says who asks ({@link askedBy}). */
export const readElsewhere = <Schema>(reads: Reads, file: ReadFile): Kysely<Schema> =>
  new Kysely<Schema>({ dialect: readDialect(reads, file), plugins: [askingToGoOn] });

const nothing = () => Promise.resolve();
const readOnly = () => Promise.reject(new Error('only selects are read elsewhere'));

function readDialect(reads: Reads, file: ReadFile): Dialect {
  const connection: DatabaseConnection = {
    executeQuery: async ({ queryId, sql, parameters }: CompiledQuery) => {
      const asker = askers.get(queryId);
      if (asker === undefined) throw new Error('nobody says who asks');
      return { rows: (await reads.select(file, { sql, parameters }, asker)) as never[] };
    },
    streamQuery: () => {
      throw new Error('only whole answers are read elsewhere');
    },
  };
  return {
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createDriver: () => ({
      init: nothing,
      acquireConnection: () => Promise.resolve(connection),
      beginTransaction: readOnly,
      commitTransaction: readOnly,
      rollbackTransaction: readOnly,
      releaseConnection: nothing,
      destroy: nothing,
    }),
  };
}
