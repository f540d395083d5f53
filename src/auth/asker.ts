import { type Scope } from './scope.js';

/** Who asks, and until when an answer is of use. */
export interface Asker {
  /** Whose other questions this one waits for. */
  readonly who: string;
  /** Aborts when whoever asked has gone. */
  readonly signal: AbortSignal;
}

/** Somebody who reads: who, whose rows they may see, and until when. */
export interface Reader extends Asker {
  readonly scope: Scope;
}
