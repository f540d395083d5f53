/** How long an answer is shared. */
const shareMs = 1_000;

/** Answers shared by all who ask the same at about the same time. */
export class SharedAnswers<Answer> {
  private readonly answers = new Map<string, Promise<Answer>>();

  ask(question: string, find: () => Promise<Answer>): Promise<Answer> {
    if (this.answers.size === 0) {
      setTimeout(() => {
        this.refresh();
      }, shareMs).unref();
    }
    let answer = this.answers.get(question);
    if (answer === undefined) {
      answer = find();
      this.answers.set(question, answer);
    }
    return answer;
  }

  /** The next question looks again, whoever else is asking at the time. */
  refresh(): void {
    this.answers.clear();
  }
}
