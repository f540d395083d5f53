/** Which mutant is tried, and which were come by. One in a process, for the runner outside of the tests and for what they load. */

/** Who goes through a mutant so often goes round for ever. */
const most = 5_000_000;

export const registry = {
  /** @type {string | undefined} */
  tried: undefined,
  /** @type {Set<string> | undefined} */
  met: undefined,
  asked: 0,

  /** Whether this mutant is tried; asked by the code itself. */
  is(id) {
    if (this.met !== undefined) this.met.add(id);
    if (this.tried !== id) return false;
    this.asked += 1;
    if (this.asked > most) throw new Error(`${id} goes round for ever`);
    return true;
  },
};
