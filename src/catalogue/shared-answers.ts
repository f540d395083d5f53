/** How long an answer is shared. */
const shareMs = 1_000;

/** Those who ask the same at about the same time share one answer. */
export class SharedAnswers<Answer> {
  private readonly answers = new Map<string, Promise<Answer>>();

  ask(question: string, look: () => Promise<Answer>): Promise<Answer> {
    if (this.answers.size === 0) {
      setTimeout(() => {
        this.forget();
      }, shareMs).unref();
    }
    let answer = this.answers.get(question);
    if (answer === undefined) {
      answer = look();
      this.answers.set(question, answer);
    }
    return answer;
  }

  /** The next to ask is answered anew, whoever else is asking at the time. */
  forget(): void {
    this.answers.clear();
  }
}
