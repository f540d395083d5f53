/** Items that wait in lines, by whose they are. The lines have their turns one after the other, however long each is. */
export class FairLines<Item> {
  /** In the order of their turns. None is empty. */
  private readonly lines = new Map<string, Item[]>();
  private count = 0;

  get length(): number {
    return this.count;
  }

  lengthOf(who: string): number {
    return this.lines.get(who)?.length ?? 0;
  }

  /** Puts an item at the end of somebody's line. */
  add(who: string, item: Item): void {
    const line = this.lines.get(who);
    if (line === undefined) this.lines.set(who, [item]);
    else line.push(item);
    this.count += 1;
  }

  /** Takes the first item of the first line that has its turn; this line goes behind the others. */
  next(hasTurn: (who: string) => boolean = () => true): { readonly who: string; readonly item: Item } | undefined {
    for (const [who, line] of this.lines) {
      if (!hasTurn(who)) continue;
      const item = line.shift() as Item;
      this.count -= 1;
      this.lines.delete(who);
      if (line.length > 0) this.lines.set(who, line);
      return { who, item };
    }
    return undefined;
  }

  /** Whether the item still waited in somebody's line; it does no more. */
  remove(who: string, item: Item): boolean {
    const line = this.lines.get(who) ?? [];
    const place = line.indexOf(item);
    if (place < 0) return false;
    line.splice(place, 1);
    this.count -= 1;
    if (line.length === 0) this.lines.delete(who);
    return true;
  }
}
