import { type IncomingMessage } from 'node:http';
import { type Settings } from '../config/settings.js';
import { type TimeSource } from '../time/time-source.js';
import { addressOf, type AddressOf, isAmong, isLoopback } from '../config/address.js';
import { type Limits, standardLimits } from './limits.js';
import { type Log, logToStderr } from '../observability/log.js';
import { type Operations, readOperations } from './graphql/persisted-operations.js';
import { Rates } from './http/rate-limiter.js';
import { ThinnedLog } from '../observability/thinned-log.js';

/** The limits on requests, the same over HTTP and WebSocket. */
export interface RequestLimits {
  readonly limits: Limits;
  /** Requests a minute. */
  readonly rates: { readonly perAddress: number; readonly perIdentity: number };
  readonly requests: Rates;
  /** Whether GraphiQL is served, and the schema may be asked for. */
  readonly isExplorable: boolean;
  /** Pages from elsewhere that a browser may let in. */
  readonly origins: readonly string[];
  /** The only documents that may be asked; undefined: any. */
  readonly operations: Operations | undefined;
  readonly addressOf: AddressOf;
  /** Whether others speak through an address, which then has no limits of its own. */
  readonly isProxy: (address: string) => boolean;
  readonly log: Log;
  /** Where refusals of strangers are logged. */
  readonly strangers: ThinnedLog;
}

/**
 * The limits that the settings name.
 * @throws Rejection `INVALID_OPERATIONS`
 */
export function requestLimitsOf(settings: Settings, time: TimeSource, log: Log = logToStderr): RequestLimits {
  return {
    limits: standardLimits,
    rates: { perAddress: settings.addressRate, perIdentity: settings.rate },
    requests: new Rates(time),
    isExplorable: settings.explore === 'yes' || (settings.explore === 'on-loopback' && isLoopback(settings.host)),
    origins: settings.origins,
    operations: settings.operations === '' ? undefined : readOperations(settings.operations),
    addressOf: addressOf(settings.proxies, (sender) => {
      log({ level: 'warn', code: 'FORWARDED_FOR_IGNORED', who: `address ${sender}`, message: unknownProxy });
    }),
    isProxy: isAmong(settings.proxies),
    log,
    strangers: new ThinnedLog(log, time),
  };
}

const unknownProxy =
  'Pledge ignores X-Forwarded-For from this address. If it is your proxy, set PLEDGE_PROXIES; until then all its clients ' +
  'share one rate.';

/** Whether a page of some origin may speak to us: none is said but by browsers, ours is served by us, others are named. */
export function mayCome(
  { origins }: Pick<RequestLimits, 'origins'>,
  { headers }: Pick<IncomingMessage, 'headers'>,
): boolean {
  const { origin, host } = headers;
  if (origin === undefined || origins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
