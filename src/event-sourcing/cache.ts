/**
 * What was kept last: at least so much, and at most twice as much. Whole generations go, since a map slows down where its
 * oldest entries are taken out one by one.
 */
export class Cache<Value> {
  private young = new Map<string, Value>();
  private old = new Map<string, Value>();
  private weight = 0;

  /**
   * @param size how many are kept
   * @param weigh what keeping a value costs
   * @param most what all of them may cost; what costs more by itself is not kept
   */
  constructor(
    private readonly size: number,
    private readonly weigh: (value: Value) => number = () => 0,
    private readonly most = Infinity,
  ) {}

  get(key: string): Value | undefined {
    return this.young.get(key) ?? this.old.get(key);
  }

  set(key: string, value: Value): void {
    const weight = this.weigh(value);
    const before = this.young.get(key);
    if (weight > this.most) {
      this.delete(key);
      return;
    }
    if (before !== undefined) this.weight -= this.weigh(before);
    const isFull = this.young.size >= this.size && before === undefined;
    if (isFull || this.weight + weight > this.most) {
      if (before !== undefined) this.young.delete(key);
      this.old = this.young;
      this.young = new Map();
      this.weight = 0;
    }
    this.young.set(key, value);
    this.weight += weight;
  }

  delete(key: string): void {
    const young = this.young.get(key);
    if (young !== undefined) this.weight -= this.weigh(young);
    this.young.delete(key);
    this.old.delete(key);
  }
}
