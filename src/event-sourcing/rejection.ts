/** How long a message may be: what it repeats of a request may be as long as that. */
const longestMessage = 1_000;

/** Text of a bounded length, for whatever repeats what somebody sent. */
export const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

/** A command or question refused: a stable code for programs, a message that names what is wrong for people. */
export class Rejection extends Error {
  override readonly name = 'Rejection';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(cut(message.replace(/\.\.$/, '.'), longestMessage)); // what it repeats may have a full stop of its own
  }
}
