/** What benches share. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs work in a folder of its own. */
export async function inFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'pledge-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** A figure of several rounds: the median, and the least and the most of them. */
export const ofRounds = (values) => ({
  value: median(values),
  rounds: values.length,
  spread: [Math.min(...values), Math.max(...values)],
});

/** Units of work a second. */
export async function rate(count, work) {
  const began = performance.now();
  await work();
  return (count * 1000) / (performance.now() - began);
}

/** Does work with so many in flight, until all of it is done. */
export async function inFlight(width, count, work) {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

/** The most memory this process had, in MiB. */
export const peakMiB = () => process.resourceUsage().maxRSS / 1024;
