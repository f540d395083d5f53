/** Milliseconds since 1970; a 64-bit integer column. */
export type InstantColumn = number;
/** JSON as text. */
export type Json = string;
/** 0 or 1. */
export type Flag = number;

/** The projections whose rows are here: one row each. */
export interface ProjectionsTable {
  name: string;
  /** By which its tables were made. */
  version: number;
  /** The names of its tables. */
  tables: Json;
  /** How far it has come; null: it has not begun. */
  position: string | null;
  /** What stands there in the log. */
  mark: string | null;
}

/** The log that the rows are built from: one row. */
export interface LogTable {
  id: string;
}

/** The tables of the read models. Each read model adds its own here, by `declare module`, where it says how they are made. */
export interface Schema {
  projections: ProjectionsTable;
  log: LogTable;
}
