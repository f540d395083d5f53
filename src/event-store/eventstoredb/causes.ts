import { connect as connectInClear, isIP } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { type Host } from './connection-url.js';

/** Why a host is not there, for operators: a code that stays the same, and words. */
export interface Cause {
  readonly host: string;
  readonly code: string;
  readonly words: string;
}

/** What is needed to look why a host is not there. */
export interface Looking {
  readonly isSecure: boolean;
  readonly ca: Buffer | undefined;
  readonly timeoutMs: number;
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name is not known at the moment',
  ETIMEDOUT: 'it cannot be reached',
  EHOSTUNREACH: 'it cannot be reached',
  ENETUNREACH: 'it cannot be reached',
  ECONNRESET: 'it ended the connection',
  NO_ANSWER: 'it is reached, and does not answer',
  TLS_NOT_SPOKEN: 'it does not use TLS: add the option tls=false, or check the port',
  TLS_SPOKEN: 'it uses TLS: remove the option tls=false',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
  CERT_UNTRUSTED: 'no trusted authority signed its certificate: set tlsCAFile or EVENT_STORE_CA_FILE',
};

const untrusted: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
]);

/** As in a connection string. Nodes tell of an address of IPv6 as it is, without brackets. */
export const nameOfHost = ({ address, port }: Host): string =>
  address.includes(':') && !address.startsWith('[') ? `[${address}]:${port}` : `${address}:${port}`;

export const isSameHost = (a: Host, b: Host | undefined): boolean => b !== undefined && nameOfHost(a) === nameOfHost(b);

/** Looks why a host is not there, by a connection of its own. */
export async function causeOf(host: Host, { isSecure, ca, timeoutMs }: Looking): Promise<Cause> {
  let code = await reached(host, timeoutMs);
  if (code === undefined) {
    const secure = await handshaken(host, ca, timeoutMs);
    if (isSecure) code = secure ?? 'NO_ANSWER';
    else code = secure === 'TLS_NOT_SPOKEN' || secure === 'NO_ANSWER' ? 'NO_ANSWER' : 'TLS_SPOKEN';
  }
  return { host: nameOfHost(host), code, words: words[code] ?? 'see the code' };
}

export const inWords = (causes: readonly Cause[]): string =>
  causes.map(({ host, code, words: why }) => `${host}: ${code}, ${why}`).join('; ');

/** The code of what went wrong; undefined where it went well. */
type Went = string | undefined;

const bare = (address: string) => address.replace(/^\[(.*)\]$/, '$1');

function reached({ address, port }: Host, timeoutMs: number): Promise<Went> {
  return new Promise((resolve) => {
    const socket = connectInClear({ host: bare(address), port, timeout: timeoutMs });
    const end = (code: Went) => {
      socket.destroy();
      resolve(code);
    };
    socket.on('connect', () => {
      end(undefined);
    });
    socket.on('timeout', () => {
      end('ETIMEDOUT');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      end(error.code ?? 'UNKNOWN');
    });
  });
}

function handshaken({ address, port }: Host, ca: Buffer | undefined, timeoutMs: number): Promise<Went> {
  return new Promise((resolve) => {
    const host = bare(address);
    const socket = connectSecurely({
      ...{ host, port, timeout: timeoutMs, ALPNProtocols: ['h2'] },
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(ca === undefined ? {} : { ca }),
    });
    const end = (code: Went) => {
      socket.destroy();
      resolve(code);
    };
    socket.on('secureConnect', () => {
      end(undefined);
    });
    socket.on('timeout', () => {
      end('NO_ANSWER');
    });
    socket.on('error', ({ code = 'UNKNOWN' }: NodeJS.ErrnoException) => {
      const isOtherProtocol = code === 'EPROTO' || code.startsWith('ERR_SSL') || code === 'ECONNRESET';
      end(untrusted.has(code) ? 'CERT_UNTRUSTED' : isOtherProtocol ? 'TLS_NOT_SPOKEN' : code);
    });
  });
}
