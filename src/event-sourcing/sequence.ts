/** How many items a part holds at most. */
const most = 128;

/**
 * Items in order, of which a change makes another sequence that shares all it leaves alone: the earlier one stays as it
 * was, and an item more costs no copy of those there are. Items lie in parts; the last part is apart, for most are added there.
 */
export class Sequence<Item> implements Iterable<Item> {
  static readonly empty = new Sequence<never>([], [], 0, []);

  private constructor(
    private readonly parts: readonly (readonly Item[])[],
    /** The index of the first item of each part. */
    private readonly starts: readonly number[],
    /** The index of the first item of the last part. */
    private readonly lastStart: number,
    private readonly last: readonly Item[],
  ) {}

  get length(): number {
    return this.lastStart + this.last.length;
  }

  at(index: number): Item | undefined {
    if (index >= this.lastStart) return this.last[index - this.lastStart];
    const part = this.partOf(index);
    return this.parts[part]?.[index - (this.starts[part] ?? 0)];
  }

  /** How many items there are before the first that something does not hold of; it holds of none after that. */
  countWhile(holds: (item: Item) => boolean): number {
    const [first] = this.last;
    if (first !== undefined && holds(first)) return this.lastStart + firstNot(this.last, holds);
    const part = firstNot(this.parts, ([item]) => item !== undefined && holds(item)) - 1;
    if (part < 0) return 0;
    return (this.starts[part] ?? 0) + firstNot(this.parts[part] ?? [], holds);
  }

  /** With an item more, at an index. */
  insert(index: number, item: Item): Sequence<Item> {
    if (index >= this.lastStart) {
      const at = index - this.lastStart;
      if (this.last.length < most) return this.withLast(inserted(this.last, at, item));
      const closed = this.closed();
      return at === most ? closed.withLast([item]) : closed.insert(index, item);
    }
    return this.splicePart(index, 0, item);
  }

  /** With another item in the place of one. */
  with(index: number, item: Item): Sequence<Item> {
    if (index >= this.lastStart) return this.withLast(this.last.with(index - this.lastStart, item));
    return this.splicePart(index, 1, item);
  }

  /** With other items in the place of as many, from an index on. */
  replace(from: number, items: readonly Item[]): Sequence<Item> {
    const until = from + items.length;
    const anew = (part: readonly Item[], start: number) =>
      start >= until || start + part.length <= from ? part : part.map((item, i) => items[start + i - from] ?? item);
    const parts = this.parts.map((part, i) => anew(part, this.starts[i] ?? 0));
    return new Sequence(parts, this.starts, this.lastStart, anew(this.last, this.lastStart));
  }

  every(holds: (item: Item) => boolean): boolean {
    return this.parts.every((part) => part.every(holds)) && this.last.every(holds);
  }

  *from(index: number): Generator<Item, void, undefined> {
    for (
      let part = index >= this.lastStart ? this.parts.length : this.partOf(index);
      part <= this.parts.length;
      part++
    ) {
      const items = this.parts[part] ?? this.last;
      const start = this.starts[part] ?? this.lastStart;
      for (let i = Math.max(0, index - start); i < items.length; i++) yield items[i] as Item;
    }
  }

  [Symbol.iterator](): Generator<Item, void, undefined> {
    return this.from(0);
  }

  private partOf(index: number): number {
    return firstNot(this.starts, (start) => start <= index) - 1;
  }

  private withLast(last: readonly Item[]): Sequence<Item> {
    return new Sequence(this.parts, this.starts, this.lastStart, last);
  }

  /** The last part put with the others. */
  private closed(): Sequence<Item> {
    return new Sequence([...this.parts, this.last], [...this.starts, this.lastStart], this.length, []);
  }

  private splicePart(index: number, removed: number, item: Item): Sequence<Item> {
    const part = this.partOf(index);
    const items = (this.parts[part] ?? []).toSpliced(index - (this.starts[part] ?? 0), removed, item);
    const halves = items.length <= most ? [items] : [items.slice(0, most / 2), items.slice(most / 2)];
    const parts = this.parts.toSpliced(part, 1, ...halves);
    let start = 0;
    const starts = parts.map(({ length }) => (start += length) - length);
    return new Sequence(parts, starts, start, this.last);
  }
}

/** The index of the first item that something does not hold of; it holds of all before it. */
function firstNot<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(items[middle] as Item)) low = middle + 1;
    else high = middle;
  }
  return low;
}

const inserted = <Item>(items: readonly Item[], at: number, item: Item): readonly Item[] =>
  at === items.length ? [...items, item] : items.toSpliced(at, 0, item);
