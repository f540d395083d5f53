/**
 * What a long-lived source yields, mapped, as an iterator that ends its source when its reader leaves: a generator alone
 * would notice only after its next value.
 */
export function abortable<From, To>(
  source: (signal: AbortSignal) => AsyncGenerator<From, void, undefined>,
  map: (value: From) => To,
): AsyncIterableIterator<To> {
  const left = new AbortController();
  const values = source(left.signal);
  const done: IteratorReturnResult<undefined> = { done: true, value: undefined };
  return {
    async next() {
      const { done: isDone, value } = await values.next();
      return isDone === true ? done : { done: false, value: map(value) };
    },
    async return() {
      left.abort();
      await values.return();
      return done;
    },
    async throw(error: unknown) {
      left.abort();
      await values.return();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
