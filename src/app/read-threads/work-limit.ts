import { readFileSync } from 'node:fs';
import { type Limit } from '../../read-models/stoppable-connection.js';

/** How long something may take, in milliseconds. */
export interface WorkLimits {
  /** How long its thread may work on it: a busy machine lets a thread wait, and that is not its fault. */
  readonly readMs: number;
  /** How long it may take in all, however little of that it works. */
  readonly wallMs: number;
}

/** Milliseconds that this thread has worked; where the system does not say, that have passed. */
export function workedMs(): number {
  const { threadCpuUsage } = process as { threadCpuUsage?: () => NodeJS.CpuUsage }; // since Node 23.9
  if (threadCpuUsage !== undefined) {
    const { user, system } = threadCpuUsage.call(process);
    return (user + system) / 1_000;
  }
  try {
    return Number.parseInt(readFileSync('/proc/thread-self/schedstat', 'utf8'), 10) / 1_000_000 || performance.now();
  } catch {
    return performance.now();
  }
}

/** The system is asked no more often than this, in milliseconds. */
const leastBetween = 5;

/**
 * Lets something go on until its thread has worked on it for so long. It is asked every few rows, and to ask the system costs as
 * much as those: a thread cannot have worked longer than time has passed, so it is not asked before that.
 */
export function workLimit(
  { readMs, wallMs }: WorkLimits,
  worked: () => number = workedMs,
  now: () => number = () => performance.now(),
): Limit {
  const [workedBefore, begun] = [worked(), now()];
  let askAt = begun + Math.min(readMs, wallMs);
  return {
    goesOn: () => {
      const at = now();
      if (at < askAt) return true;
      const left = readMs - (worked() - workedBefore);
      askAt = Math.min(at + Math.max(left, leastBetween), begun + wallMs);
      return left > 0 && at < begun + wallMs;
    },
  };
}
