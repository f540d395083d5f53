import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Settings } from './config/settings.js';
import { Rejection } from './event-sourcing/rejection.js';
import { healthOf, statusCodeOf } from './health.js';

/** What listens in the server's place until there is a log to serve: it says that it is not ready, and why. */
export interface Placeholder {
  readonly port: number;
  readonly url: string;
  /** Why the log cannot be opened yet. */
  readonly tell: (why: string) => void;
  /** Stops listening, for the server to do so. */
  readonly close: () => Promise<void>;
}

/**
 * Listens where the server will.
 * @throws Rejection `ADDRESS_NOT_FREE`
 */
export async function holdPlace({ host, port }: Pick<Settings, 'host' | 'port'>): Promise<Placeholder> {
  let error = 'not yet';
  const health = () => healthOf({ state: 'connecting', lag: 0, reconnects: 0, error }, [], 0);
  const server = createServer((request, response) => {
    request.resume();
    const said = health();
    const message = said.reason ?? '';
    const errors = [{ message, extensions: { code: 'EVENT_STORE_UNAVAILABLE' } }];
    answer(response, statusCodeOf(said), request.url === '/health' ? said : { errors });
  });
  server.on('upgrade', (_, socket) => {
    socket.end('HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\n\r\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve).once('error', (cause) => {
      reject(new Rejection('ADDRESS_NOT_FREE', `${host}:${port} cannot be listened on: ${cause.message}`));
    });
    server.listen(port, host);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    port: taken,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    tell: (why) => {
      error = why;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'retry-after': '1',
  };
  response.writeHead(status, headers).end(JSON.stringify(body));
}
