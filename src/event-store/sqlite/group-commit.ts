interface Waiting {
  /** Runs inside the group's transaction; returns what to do once it is on disk. */
  readonly work: () => () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Work that arrives while other work waits shares the next transaction, so that durable throughput grows with
 * concurrency. Where the commit itself fails, all of the group fail, and the next group starts afresh.
 */
export class GroupCommit {
  private waiting: Waiting[] = [];

  constructor(
    private readonly transaction: (work: () => void) => void,
    private readonly committed: () => void,
  ) {}

  /** Does the work in the next transaction. An error that it throws is its own; a neighbour's is not its concern. */
  run<Result>(work: () => Result): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      if (this.waiting.length === 0)
        setImmediate(() => {
          this.flush();
        });
      this.waiting.push({
        work: () => {
          try {
            const result = work();
            return () => {
              resolve(result);
            };
          } catch (error) {
            return () => {
              // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- it is whatever the work threw
              reject(error);
            };
          }
        },
        fail: reject,
      });
    });
  }

  /** Commits what waits, now. */
  flush(): void {
    const group = this.waiting;
    this.waiting = [];
    if (group.length === 0) return;
    let settle: readonly (() => void)[] = [];
    try {
      this.transaction(() => {
        settle = group.map(({ work }) => work());
      });
    } catch (error) {
      for (const { fail } of group) fail(error);
      return;
    }
    this.committed();
    for (const done of settle) done();
  }
}
