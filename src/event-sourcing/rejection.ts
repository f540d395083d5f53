/** A command or question refused: a stable code for programs, a message that names what is wrong for people. */
export class Rejection extends Error {
  override readonly name = 'Rejection';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
