import { Rejection } from '../event-sourcing/rejection.js';

/** Says what went wrong, and has the process end with 1. */
export function fail(error: unknown): void {
  console.error(error instanceof Rejection ? `pledge: ${error.code}: ${error.message}` : error);
  process.exitCode = 1;
}
