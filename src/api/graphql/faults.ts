import { GraphQLError } from 'graphql';
import { cut } from '../../event-sourcing/rejection.js';

/** What is wrong with a field of an input. */
export interface Fault {
  /** The same as an import gives such a row. */
  readonly code: 'INVALID_FIELD';
  readonly path: string;
  readonly message: string;
}

/** How many faults one answer tells. */
const mostFaults = 10;

/** How long the message of a fault may be, and the path to it. */
const longest = 200;

/** Faults found so far: no more are kept than are told, whatever was sent. */
export class Faults {
  private readonly found: Fault[] = [];
  private hasMore = false;

  /** Whether there is nothing to be gained by looking further. */
  get isFull(): boolean {
    return this.hasMore;
  }

  get isEmpty(): boolean {
    return this.found.length === 0;
  }

  add(path: string, message: string): void {
    if (this.found.length >= mostFaults) this.hasMore = true;
    else this.found.push({ code: 'INVALID_FIELD', path: cut(path, longest), message: cut(message, longest) });
  }

  /** The error that tells them, its message made of the text of each. */
  asError(textOf: (fault: Fault) => string = ({ message }) => message): GraphQLError {
    const more = this.hasMore ? ['and more is wrong'] : [];
    const message = [...this.found.map(textOf), ...more].join('; ');
    return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', fields: this.found } });
  }
}
