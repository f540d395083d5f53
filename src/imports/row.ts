/** A row by the names of its columns. */
export interface Row {
  /** On which it begins. */
  readonly line: number;
  /** The names of the columns, as the header has them. */
  readonly columns: readonly string[];
  /** @throws FieldFault where the cell cannot be told */
  readonly cell: (column: string) => string;
  /** As it stands in the file, for people who look for what is wrong with it. */
  readonly raw: () => string;
}

/** What stands where a row should, and why it is none. */
export interface NoRow {
  readonly line: number;
  readonly fault: string;
  readonly raw: () => string;
}
