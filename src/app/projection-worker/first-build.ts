import { type Position } from '../../event-sourcing/event-store.js';
import { type RunningProjections } from './projections.js';

/**
 * Whether the read models have come to where the log ended when they were opened. Before that they lack what was recorded
 * long ago, as while they are built anew; after it they are behind by what is recorded at the moment, and no more.
 */
export class FirstBuild {
  private isDone = false;

  constructor(
    private readonly projections: Pick<RunningProjections, 'statuses' | 'waitFor'>,
    private readonly end: Position,
  ) {}

  get isOver(): boolean {
    this.isDone ||= this.projections.statuses.every(({ position = '' }) => position >= this.end);
    return this.isDone;
  }

  /**
   * Whether some of them have come so far before the signal aborted.
   * @throws Rejection `PROJECTION_FAILED`
   */
  async over(names: readonly string[], signal: AbortSignal): Promise<boolean> {
    return this.isOver || this.projections.waitFor(names, this.end, signal);
  }
}
