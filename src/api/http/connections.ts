import { randomUUID } from 'node:crypto';
import { type Server } from 'node:http';
import { type Socket } from 'node:net';
import { networkOf } from '../../config/address.js';
import { type RequestLimits } from '../request-limits.js';
import { errorBody } from '../exception-filter.js';

/** How long who is refused may take to read why, and how many may do so at a time. */
const partingMs = 1_000;
const mostParting = 500;

/** Limits the connections that there are, in all and from one address; who has too many is told so, and not cut off. */
export function limitConnections(server: Server, requestLimits: RequestLimits): void {
  const { limits, isProxy, strangers } = requestLimits;
  const open = new Map<string, number>();
  const parting = new Set<Socket>();
  let all = 0;

  function admit(address: string, socket: Socket): void {
    all += 1;
    open.set(address, (open.get(address) ?? 0) + 1);
    socket.once('close', () => {
      all -= 1;
      const left = (open.get(address) ?? 0) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  }

  function refuse(address: string, socket: Socket): void {
    const [status, whose] =
      all >= limits.connections ? ['503 Service Unavailable', ''] : ['429 Too Many Requests', ' from your address'];
    const id = randomUUID();
    const code = 'TOO_MANY_CONNECTIONS';
    strangers.write({ level: 'warn', id, code }, address);
    socket.on('error', () => undefined);
    if (parting.size >= mostParting) {
      socket.destroy();
      return;
    }
    parting.add(socket);
    const late = setTimeout(() => socket.destroy(), partingMs);
    socket.once('close', () => {
      parting.delete(socket);
      clearTimeout(late);
    });
    const body = JSON.stringify(errorBody(`The server has reached its limit of connections${whose}.`, code, id));
    socket
      .resume()
      .end(
        `HTTP/1.1 ${status}\r\ncontent-type: application/json; charset=utf-8\r\ncache-control: no-store\r\nretry-after: 1\r\n` +
          `connection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
  }

  const served = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection').on('connection', (socket: Socket) => {
    const from = socket.remoteAddress ?? '';
    const address = networkOf(from);
    const isOneTooMany = (open.get(address) ?? 0) >= limits.connectionsPerAddress && !isProxy(from);
    if (all >= limits.connections || isOneTooMany) {
      refuse(address, socket);
      return;
    }
    admit(address, socket);
    for (const serve of served) serve.call(server, socket);
  });
}
