import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { standardLimits } from '../api/limits.js';
import { type Settings } from '../config/settings.js';
import { serverUrl } from './server-url.js';
import { addressNotFree } from './address-not-free.js';
import { healthOf, publicly, statusCodeOf } from '../observability/health.js';

/** What listens in the server's place until there is a log to serve: it says that it is not ready. */
export interface UnavailableServer {
  readonly port: number;
  readonly url: string;
  /** Stops listening, for the server to do so. */
  readonly close: () => Promise<void>;
}

const health = healthOf({
  subscription: { state: 'connecting', lag: null, reconnects: 0 },
  projections: [],
  stuckTickets: 0,
  faults: [],
  isBuilt: false,
});
const publicHealth = publicly(health);
const refusal = { errors: [{ message: publicHealth.reason, extensions: { code: 'EVENT_STORE_UNAVAILABLE' } }] };

/**
 * Listens where the server will. Who asks is told no more than a stranger, for nobody can be known yet.
 * @throws Rejection `ADDRESS_NOT_FREE`
 */
export async function startUnavailableServer({
  host,
  port,
}: Pick<Settings, 'host' | 'port'>): Promise<UnavailableServer> {
  const { headersMs, requestMs, checkMs, connections } = standardLimits;
  const limits = { headersTimeout: headersMs, requestTimeout: requestMs, connectionsCheckingInterval: checkMs };
  const server = createServer(limits, (request, response) => {
    request.resume();
    answer(response, request.url === '/health' ? publicHealth : refusal);
  });
  server.maxConnections = connections;
  server.on('upgrade', (_, socket) => {
    socket.on('error', () => undefined); // who asked may have left
    socket.end('HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\n\r\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve).once('error', (cause) => {
      reject(addressNotFree({ host, port }, cause));
    });
    server.listen(port, host);
  });
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    url: serverUrl(address),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, body: object): void {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'retry-after': '1',
  };
  response.writeHead(statusCodeOf(health), headers).end(JSON.stringify(body));
}
