/** Questions answered at one look, before others have the event loop. */
const atOnce = 256;

interface Asked<Question, Answer> {
  readonly question: Question;
  readonly answered: (answer: Answer) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Questions asked in one turn of the event loop share one look at a file that another connection writes: a look by itself
 * finds its cache of pages stale after every commit.
 */
export class SharedLook<Question, Answer> {
  private asked: Asked<Question, Answer>[] = [];

  /** @param look answers questions in their order */
  constructor(private readonly look: (questions: readonly Question[]) => readonly Answer[]) {}

  ask(question: Question): Promise<Answer> {
    return new Promise((answered, failed) => {
      if (this.asked.length === 0) setImmediate(this.answer);
      this.asked.push({ question, answered, failed });
    });
  }

  private readonly answer = (): void => {
    const asked = this.asked.slice(0, atOnce);
    this.asked = this.asked.slice(atOnce);
    if (this.asked.length > 0) setImmediate(this.answer);
    try {
      const answers = this.look(asked.map(({ question }) => question));
      for (const [i, { answered }] of asked.entries()) answered(answers[i] as Answer);
    } catch (error) {
      for (const { failed } of asked) failed(error);
    }
  };
}
