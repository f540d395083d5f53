/** Where a value is: made into text only where something is wrong with it. */
export interface Place {
  readonly within: Place | undefined;
  readonly key: string | number;
}

/** `input.weekly.1.day` */
export const pathTo = ({ within, key }: Place): string =>
  within === undefined ? `${key}` : `${pathTo(within)}.${key}`;
