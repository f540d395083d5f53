/** How often a long proof repeats what it does. */
interface Length {
  /** In `npm test`: enough to find what is plainly wrong. */
  readonly short: number;
  /** In `npm run test:long`, and so in CI. */
  readonly long: number;
}

const isLong = process.env['TEST_LENGTH'] === 'long';

/**
 * How often to repeat. `npm run test:long` runs every test file that imports this (jest.config.js). A variable of the
 * environment sets another number.
 */
export function times({ short, long }: Length, variable?: string): number {
  const set = variable === undefined ? undefined : process.env[variable];
  return set === undefined ? (isLong ? long : short) : Number(set);
}
