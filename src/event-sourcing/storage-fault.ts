import { Rejection } from './rejection.js';

/**
 * The store or its disk cannot do it now. That is no fault of a command, of an event or of a ticket: whoever did the work
 * may do it again later, and nobody else is to blame.
 */
export class StorageFault extends Rejection {
  constructor(
    code: string,
    message: string,
    /** Waiting does not help: what is stored is damaged, or is no longer what it was. */
    readonly isLasting = false,
    /** What only operators are told, such as addresses. */
    readonly detail = '',
  ) {
    super(code, message);
  }

  /** All that is known of it. */
  get forOperators(): string {
    return this.detail === '' ? this.message : `${this.message} (${this.detail})`;
  }
}

/** The code where a log is missing, shorter or other than what is known of it. */
export const logOlder = 'LOG_OLDER';
