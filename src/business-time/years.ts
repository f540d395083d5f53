/** Calendar years, both included. */
export interface Years {
  readonly first: number;
  readonly last: number;
}
