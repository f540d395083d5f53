import { status } from '@grpc/grpc-js';
import { ErrorType, isCommandError, MaxAppendSizeExceededError } from '@eventstore/db-client';
import { Rejection } from '../../event-sourcing/rejection.js';
import { logOlder, StorageFault } from '../../event-sourcing/storage-fault.js';

/** The server was not heard of in time. What it was asked for may have been done. */
export class Silence extends Error {
  override readonly name = 'Silence';
}

/** No host could be reached, or none of them leads. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';

  constructor() {
    super('no leader can be reached');
  }
}

/** What is asked of the server, for a refusal to name. */
export interface Asked {
  readonly right: 'read' | 'write';
  /** A stream by its name, or `$all`. */
  readonly stream: string;
}

/** What the server says once and for all. Whatever else goes wrong may go well when it is tried again. */
const definite: ReadonlySet<unknown> = new Set([
  ErrorType.ACCESS_DENIED,
  ErrorType.INVALID_ARGUMENT,
  ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED,
  ErrorType.STREAM_DELETED,
  ErrorType.UNSUPPORTED,
  ErrorType.WRONG_EXPECTED_VERSION,
]);

export const isDefinite = (error: unknown): boolean =>
  error instanceof Rejection ||
  isOfNoRecord(error) ||
  isTooLarge(error) ||
  isBadRequest(error) ||
  (error instanceof Error && isCommandError(error) && definite.has(typeOf(error)));

const typeOf = (error: object): unknown => ('type' in error ? error.type : undefined);
const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** The server does not let us. */
export const isRefusal = (error: unknown): boolean =>
  (error instanceof Rejection && error.code === 'EVENT_STORE_REFUSES') ||
  (error instanceof Error && typeOf(error) === ErrorType.ACCESS_DENIED);

/** What those who follow the log wait out for ever. */
export const isWaitedOut = (error: unknown): boolean =>
  isRefusal(error) || (error instanceof StorageFault && error.code === logOlder);

/** The user is not known, or has another password. */
export const areWrongCredentials = (error: unknown): boolean =>
  codeOf(error) === status.UNAUTHENTICATED || (error instanceof StorageFault && error.detail === wrongCredentials);

const wrongCredentials = 'the user or the password is wrong, or the user is disabled';

/** More than one message may have. */
export const isTooLarge = (error: unknown): boolean => codeOf(error) === status.RESOURCE_EXHAUSTED;

/** The server drops a subscription that does not take its events fast enough: it is behind, and the server is there. */
export const isTooSlow = (error: unknown): boolean =>
  codeOf(error) === status.ABORTED && said(error).includes('Consumer too slow');

/** A read began at a position that no record begins at. */
export const isNoPlace = (error: unknown): boolean => error instanceof Rejection && error.code === noPlace;

/** The same, as the server says it: before 24.2 in the first way, which it also says where it fails itself. */
export const isOfNoRecord = (error: unknown): boolean =>
  /Unexpected (Filtered)?ReadAllResult: Error|invalid position/.test(said(error));

const isBadRequest = (error: unknown): boolean => error instanceof BadRequest;

const noPlace = 'INVALID_CURSOR';

/** The server takes no such append, ever. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

/** A failure as those who asked hear of it. */
export function rejectionOf(error: unknown, asked: Asked): unknown {
  if (error instanceof Rejection) return error;
  if (isOfNoRecord(error)) return invalidCursor();
  if (isTooLarge(error)) return tooLarge('EventStoreDB accepts about 16 MiB in a message');
  if (isBadRequest(error)) return new Rejection('APPEND_REFUSED', 'EventStoreDB refuses this append.');
  if (!(error instanceof Error) || !isCommandError(error)) return error;
  if (error instanceof MaxAppendSizeExceededError)
    return tooLarge(`EventStoreDB accepts ${error.maxAppendSize} bytes in an append; see its setting MaxAppendSize`);
  switch (typeOf(error)) {
    case ErrorType.STREAM_DELETED:
      return new Rejection('STREAM_DELETED', `The stream ${asked.stream} was permanently deleted in EventStoreDB.`);
    case ErrorType.ACCESS_DENIED:
      return refused(error, asked);
    default:
      return error;
  }
}

function refused(error: unknown, { right, stream }: Asked): Rejection {
  const why = areWrongCredentials(error) ? wrongCredentials : `the right to ${right} ${stream} is missing`;
  return new StorageFault('EVENT_STORE_REFUSES', `EventStoreDB refuses: ${why}.`, false, why);
}

export const tooLarge = (most: string): Rejection => new Rejection('APPEND_TOO_LARGE', `${most}.`);

export const invalidCursor = (): Rejection => new Rejection(noPlace, 'The event store has no event at this cursor.');

export const unavailable = (last: unknown): Rejection =>
  last instanceof StorageFault
    ? last
    : new StorageFault('EVENT_STORE_UNAVAILABLE', 'The event store does not answer.', false, said(last));

export const anotherLog = (why: string): StorageFault =>
  new StorageFault(logOlder, `The event store is not what it was: ${why}. Restore the right event store.`, true, why);

export const closed = (): Rejection => new Rejection('EVENT_STORE_CLOSED', 'The event store was closed.');

export const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));
