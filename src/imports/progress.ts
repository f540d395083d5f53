import { Presets, SingleBar } from 'cli-progress';
import { type Counts } from './import-log.js';

/** Tells a person how an import goes on. */
export interface Progress {
  readonly show: (counts: Counts) => void;
  readonly end: () => void;
}

interface Output {
  readonly stream: NodeJS.WriteStream;
  readonly now: () => number;
  /** Rows in all, where they were counted. */
  readonly total: number | undefined;
}

/** A bar on a terminal, a line every few seconds elsewhere. */
export const progressOn = (output: Output): Progress => (output.stream.isTTY ? bar(output) : lines(output));

function bar({ stream, now, total }: Output): Progress {
  const known = '{bar} {percentage}% | {value}/{total} rows | {rate}/s | {errors} rejected | {eta_formatted} left';
  const unknown = '{value} rows | {rate}/s | {errors} rejected';
  const format = total === undefined ? unknown : known;
  const shown = new SingleBar({ stream, format, hideCursor: true }, Presets.shades_classic);
  const began = now();
  shown.start(total ?? 0, 0, { rate: 0, errors: 0 });
  return {
    show: ({ rows, rejected }) => {
      shown.update(rows, { rate: perSecond(rows, now() - began), errors: rejected });
    },
    end: () => {
      shown.stop();
    },
  };
}

const perSecond = (rows: number, ms: number) => Math.round((rows * 1000) / Math.max(1, ms));

/** How often a line is written where nobody watches. */
const everyMs = 5_000;

function lines({ stream, now, total }: Output): Progress {
  const began = now();
  let last = began;
  return {
    show: ({ rows, rejected }) => {
      if (now() - last < everyMs) return;
      last = now();
      const of = total === undefined ? '' : ` of ${total}`;
      const rate = perSecond(rows, last - began);
      const left = total === undefined ? '' : `, ${Math.round((total - rows) / Math.max(1, rate))} s left`;
      stream.write(`${rows}${of} rows, ${rate}/s, ${rejected} rejected${left}\n`);
    },
    end: () => undefined,
  };
}
