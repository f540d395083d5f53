import { ErrorType, isCommandError, MaxAppendSizeExceededError } from '@eventstore/db-client';
import { Rejection } from '../../event-sourcing/rejection.js';
import { StorageFault } from '../../event-sourcing/storage-fault.js';

/** The server was not heard of in time. What it was asked for may have been done. */
export class Silence extends Error {
  override readonly name = 'Silence';
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
  error instanceof Rejection || (error instanceof Error && isCommandError(error) && definite.has(typeOf(error)));

const typeOf = (error: object): unknown => ('type' in error ? error.type : undefined);

/** A failure as those who asked hear of it. */
export function rejectionOf(error: unknown): unknown {
  if (!(error instanceof Error) || !isCommandError(error)) return error;
  if (error instanceof MaxAppendSizeExceededError) {
    const most = `EventStoreDB takes ${error.maxAppendSize} bytes an append`;
    return new Rejection('APPEND_TOO_LARGE', `${most}; its setting MaxAppendSize says how many.`);
  }
  switch (typeOf(error)) {
    case ErrorType.STREAM_DELETED:
      return new Rejection('STREAM_DELETED', 'The stream was deleted in EventStoreDB for ever.');
    case ErrorType.ACCESS_DENIED:
      return new Rejection('EVENT_STORE_REFUSES', 'EventStoreDB refuses access: see the credentials in its URL.');
    default:
      return error;
  }
}

export const unavailable = (last: unknown): Rejection =>
  new StorageFault('EVENT_STORE_UNAVAILABLE', `EventStoreDB does not answer: ${said(last)}`);

export const closed = (): Rejection => new Rejection('EVENT_STORE_CLOSED', 'The event store was closed.');

export const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));
