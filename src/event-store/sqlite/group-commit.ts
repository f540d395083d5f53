import { type AppendRequest, type AppendOutcome, failed } from './sqlite-appender.js';

/** Commits a group, in this thread or another. */
export type CommitGroup = (
  requests: readonly AppendRequest[],
) => readonly AppendOutcome[] | Promise<readonly AppendOutcome[]>;

interface Waiting {
  readonly request: AppendRequest;
  readonly done: (outcome: AppendOutcome) => void;
}

/** Appends that a first group waits for: those that come after them are decided on while it is committed. */
const enough = 8;

/**
 * Appends that arrive while others are committed share the next transaction, so that durable throughput grows with
 * concurrency. Where the commit itself fails, all of the group fail, and the next group starts afresh.
 */
export class GroupCommit {
  private waiting: Waiting[] = [];
  private committing: Promise<void> | undefined;
  private begin: () => void = () => undefined;

  constructor(
    private readonly commit: CommitGroup,
    private readonly committed: () => void,
  ) {}

  append(request: AppendRequest): Promise<AppendOutcome> {
    return new Promise((done) => {
      this.waiting.push({ request, done });
      this.committing ??= this.commitAll();
      if (this.waiting.length === enough) this.begin();
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.committing !== undefined) await this.committing;
  }

  private async commitAll(): Promise<void> {
    await this.others();
    while (this.waiting.length > 0) {
      const group = this.waiting;
      this.waiting = [];
      const outcomes = await this.outcomesOf(group.map(({ request }) => request));
      for (const [i, { done }] of group.entries()) done(outcomes[i] ?? failed(new Error('no outcome')));
      this.committed(); // after those whose appends they were, who leave what they appended in the cache
    }
    this.committing = undefined;
  }

  /** Lets all who are about to append do so, until they are enough. */
  private others(): Promise<void> {
    return new Promise((resolve) => {
      this.begin = resolve;
      setImmediate(resolve);
    });
  }

  private async outcomesOf(requests: readonly AppendRequest[]): Promise<readonly AppendOutcome[]> {
    try {
      return await this.commit(requests);
    } catch (error) {
      return requests.map(() => failed(error));
    }
  }
}
