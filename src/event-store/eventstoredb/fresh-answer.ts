/**
 * An answer that many want at once: those who ask while the one before is under way share the next. So no answer is older
 * than the question, and the server is asked one thing at a time, however many ask.
 */
export class FreshAnswer<Answer> {
  private current: Promise<Answer> | undefined;
  private next: Promise<Answer> | undefined;

  constructor(private readonly ask: () => Promise<Answer>) {}

  get(): Promise<Answer> {
    const { current } = this;
    if (current === undefined) return this.begin();
    this.next ??= current.then(
      () => this.begin(),
      () => this.begin(),
    );
    return this.next;
  }

  private begin(): Promise<Answer> {
    this.next = undefined;
    const asked = this.ask();
    this.current = asked;
    const end = () => {
      if (this.current === asked) this.current = undefined;
    };
    asked.then(end, end);
    return asked;
  }
}
