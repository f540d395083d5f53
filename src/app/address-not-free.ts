import { type Settings } from '../config/settings.js';
import { Rejection } from '../event-sourcing/rejection.js';

/** The refusal to start where the server cannot listen on its address. */
export const addressNotFree = ({ host, port }: Pick<Settings, 'host' | 'port'>, { message }: Error): Rejection =>
  new Rejection(
    'ADDRESS_NOT_FREE',
    `${host}:${port} is not available: ${message}. Stop the program that uses it, or set PLEDGE_PORT or PLEDGE_HOST.`,
  );
