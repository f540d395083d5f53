/** Has work done one at a time, in the order in which it was asked for. */
export function oneAtATime(): <Answer>(work: () => Promise<Answer>) => Promise<Answer> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined); // whoever comes next waits, and no more
    return turn;
  };
}

/** Has work done one at a time, as {@link oneAtATime}, where it has a key in common; all other work does not wait for it. */
export function oneAtATimeByKey(): <Answer>(keys: Iterable<string>, work: () => Promise<Answer>) => Promise<Answer> {
  const lines = new Map<string, Promise<unknown>>();
  const inLine = <Answer>(key: string, work: () => Promise<Answer>): Promise<Answer> => {
    const turn = (lines.get(key) ?? Promise.resolve()).then(work);
    const over = turn
      .catch(() => undefined)
      .then(() => {
        if (lines.get(key) === over) lines.delete(key);
      });
    lines.set(key, over);
    return turn;
  };
  // In one order of the keys, so that no two wait for each other.
  return (keys, work) => [...new Set(keys)].sort().reduceRight((inner, key) => () => inLine(key, inner), work)();
}
