import { Presets, SingleBar } from 'cli-progress';

/** Tells a person how a long piece of work goes on. */
export interface ProgressBar {
  /** How many are done, and what else is worth a word. */
  readonly show: (done: number, word?: string) => void;
  readonly end: () => void;
}

interface Output {
  readonly stream: NodeJS.WriteStream;
  readonly now: () => number;
  /** What is counted, as in `rows`. */
  readonly unit: string;
  /** How many in all, where they were counted. */
  readonly total: number | undefined;
}

/** A bar on a terminal, a line every few seconds elsewhere. */
export const progressOn = (output: Output): ProgressBar => (output.stream.isTTY ? bar(output) : lines(output));

function bar({ stream, now, unit, total }: Output): ProgressBar {
  const known = `{bar} {percentage}% | {value}/{total} ${unit} | {rate}/s{word} | {eta_formatted} left`;
  const unknown = `{value} ${unit} | {rate}/s{word}`;
  const format = total === undefined ? unknown : known;
  const shown = new SingleBar({ stream, format, hideCursor: true }, Presets.shades_classic);
  const began = now();
  shown.start(total ?? 0, 0, { rate: 0, word: '' });
  return {
    show: (done, word) => {
      shown.update(done, { rate: perSecond(done, now() - began), word: word === undefined ? '' : ` | ${word}` });
    },
    end: () => {
      shown.stop();
    },
  };
}

const perSecond = (done: number, ms: number) => Math.round((done * 1000) / Math.max(1, ms));

/** How often a line is written where nobody watches. */
const everyMs = 5_000;

function lines({ stream, now, unit, total }: Output): ProgressBar {
  const began = now();
  let last = began;
  return {
    show: (done, word) => {
      if (now() - last < everyMs) return;
      last = now();
      const of = total === undefined ? '' : ` of ${total}`;
      const rate = perSecond(done, last - began);
      const left = total === undefined ? [] : [`${Math.round((total - done) / Math.max(1, rate))} s left`];
      stream.write(
        `${[`${done}${of} ${unit}`, `${rate}/s`, ...(word === undefined ? [] : [word]), ...left].join(', ')}\n`,
      );
    },
    end: () => undefined,
  };
}
