import { Sequence } from './sequence.js';

interface Entry<Value> {
  readonly key: string;
  readonly value: Value;
  /** How many keys there were before it. */
  readonly order: number;
}

/** Values by key, as in a map; but a change makes another directory, which shares all it leaves alone with the earlier one. */
export class Directory<Value> implements Iterable<readonly [key: string, value: Value]> {
  static readonly empty = new Directory<never>(Sequence.empty);

  /** In order of the keys. */
  private constructor(private readonly entries: Sequence<Entry<Value>>) {}

  get size(): number {
    return this.entries.length;
  }

  get(key: string): Value | undefined {
    return this.entryOf(key)?.value;
  }

  has(key: string): boolean {
    return this.entryOf(key) !== undefined;
  }

  /** How many keys were added before one. */
  orderOf(key: string): number {
    return this.entryOf(key)?.order ?? this.size;
  }

  with(key: string, value: Value): Directory<Value> {
    const place = this.placeOf(key);
    const known = this.entries.at(place);
    if (known?.key === key) return new Directory(this.entries.with(place, { key, value, order: known.order }));
    return new Directory(this.entries.insert(place, { key, value, order: this.size }));
  }

  /** In the order in which the keys were added. */
  *[Symbol.iterator](): Generator<readonly [key: string, value: Value], void, undefined> {
    for (const { key, value } of [...this.entries].sort((a, b) => a.order - b.order)) yield [key, value];
  }

  *keys(): Generator<string, void, undefined> {
    for (const [key] of this) yield key;
  }

  *values(): Generator<Value, void, undefined> {
    for (const [, value] of this) yield value;
  }

  private entryOf(key: string): Entry<Value> | undefined {
    const entry = this.entries.at(this.placeOf(key));
    return entry?.key === key ? entry : undefined;
  }

  private placeOf(key: string): number {
    return this.entries.countWhile((entry) => entry.key < key);
  }
}
