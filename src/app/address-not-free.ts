import { type Settings } from '../config/settings.js';
import { Rejection } from '../event-sourcing/rejection.js';

/** The refusal to start where the server cannot listen on its address. */
export function addressNotFree(
  { host, port }: Pick<Settings, 'host' | 'port'>,
  error: NodeJS.ErrnoException,
): Rejection {
  const address = `${host}:${port}`;
  const message =
    error.code === 'EADDRINUSE'
      ? `Another program uses ${address}. Stop it, or set PLEDGE_PORT or PLEDGE_HOST.`
      : `Cannot listen on ${address}: ${error.message}. Set PLEDGE_PORT or PLEDGE_HOST.`;
  return new Rejection('ADDRESS_NOT_FREE', message);
}
