import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { type Duplex } from 'node:stream';
import { type ApolloServerPlugin, type GraphQLServerListener } from '@apollo/server';
import { Inject } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Plugin } from '@nestjs/apollo';
import { type GraphQLSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Authenticator } from '../auth/authenticator.js';
import { type Clock } from '../clock/clock.js';
import { AUTHENTICATOR, CLOCK, DOORS } from '../tokens.js';
import { mayCome, type Doors } from './doors.js';
import { GatheringSocket } from './gathering-socket.js';
import { socketProtocol } from './socket-protocol.js';

const path = '/graphql';

/** The code of RFC 6455’s registry for a server with too much to do. */
const tryAgainLater = 1013;

/** How long clients may take to go when the server stops. */
const partingMs = 1_000;

/**
 * The door for subscriptions: `graphql-transport-ws` at the path of the API, under the limits of every other door. Nest
 * has one of its own, but it takes messages of a hundred megabytes, any number of sockets, and leaves one for another
 * path hanging.
 */
@Plugin()
export class WebSocketDoor implements ApolloServerPlugin {
  /** The sockets that are open, and whose they are. */
  private readonly addresses = new Map<WebSocket, string>();

  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(DOORS) private readonly doors: Doors,
    @Inject(AUTHENTICATOR) private readonly authenticator: Authenticator,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  serverWillStart({ schema }: { readonly schema: GraphQLSchema }): Promise<GraphQLServerListener> {
    const { limits } = this.doors;
    const sockets = new WebSocketServer({
      ...{ noServer: true, maxPayload: limits.bodyBytes },
      WebSocket: GatheringSocket,
    });
    const protocol = socketProtocol(schema, this.doors, this.authenticator, this.clock);
    const served = useServer(protocol, sockets, limits.pingMs);
    const http = this.host.httpAdapter.getHttpServer() as NodeJS.EventEmitter;
    http.on('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer) => {
      const status = this.refusal(request);
      if (status !== undefined) {
        refuse(connection, status);
        return;
      }
      sockets.handleUpgrade(request, connection, head, (socket) => {
        socket.connection = connection;
        this.welcome(socket, this.doors.addressOf(request));
        sockets.emit('connection', socket, request);
        // graphql-ws would log as an error of ours whatever a client sends that is none of WebSocket’s; ws closes it.
        socket.removeAllListeners('error').on('error', () => undefined);
      });
    });
    const drainServer = async () => {
      const late = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
      }, partingMs);
      await served.dispose();
      clearTimeout(late);
    };
    return Promise.resolve({ drainServer });
  }

  /** The HTTP status that a socket is refused with; undefined: it may come. */
  private refusal(request: IncomingMessage): number | undefined {
    if (request.url?.split('?')[0] !== path) return 404;
    if (!mayCome(this.doors, request)) return 403;
    const { total, perAddress } = this.doors.limits.sockets;
    const address = this.doors.addressOf(request);
    const fromThere = [...this.addresses.values()].filter((one) => one === address);
    if (this.addresses.size >= total) return 503;
    return fromThere.length >= perAddress || this.isTooQuick(address) ? 429 : undefined;
  }

  /** A message counts as a request, and a client that does not read what it is sent goes before it fills the memory. */
  private welcome(socket: WebSocket, address: string): void {
    this.addresses.set(socket, address);
    socket.once('close', () => this.addresses.delete(socket));
    const count = () => {
      if (socket.bufferedAmount > this.doors.limits.unreadBytes) socket.terminate();
      else if (this.isTooQuick(address)) socket.close(tryAgainLater, 'Too many messages');
    };
    for (const event of ['message', 'ping', 'pong']) socket.on(event, count);
  }

  private isTooQuick(address: string): boolean {
    const { requests, rates } = this.doors;
    return requests.take(`address ${address}`, rates.perAddress) !== undefined;
  }
}

function refuse(connection: Duplex, status: number): void {
  connection.on('error', () => undefined);
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
  connection.end(head, () => connection.destroy());
}
