import { type UnknownWord } from '../catalogue/domain/unknown-word.js';
import { wordKey } from '../parsing/word.js';

/** How many different words are counted: what has more is no list of words. */
const mostWords = 100;

/** Words that rows were rejected for, and how many rows; a bounded number of words, whatever the log. */
export class UnknownWords {
  private readonly counted = new Map<string, { readonly label: string; rows: number }>();
  private others = 0;

  add({ list, word }: UnknownWord): void {
    const key = `${list} ${wordKey(word)}`;
    const known = this.counted.get(key);
    if (known !== undefined) known.rows += 1;
    else if (this.counted.size < mostWords) this.counted.set(key, { label: `${list} ${word}`, rows: 1 });
    else this.others += 1;
  }

  get isEmpty(): boolean {
    return this.counted.size === 0;
  }

  /** A line for each word, those of most rows first. */
  lines(): readonly string[] {
    const words = [...this.counted.values()].sort((a, b) => b.rows - a.rows);
    const lines = words.map(({ label, rows }) => `${label}: ${rowsOf(rows)}`);
    return this.others === 0 ? lines : [...lines, `other words: ${rowsOf(this.others)}`];
  }
}

const rowsOf = (rows: number) => (rows === 1 ? '1 row' : `${rows} rows`);
