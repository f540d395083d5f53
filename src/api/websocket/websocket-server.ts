import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { type Duplex } from 'node:stream';
import { type ApolloServerPlugin, type GraphQLServerListener } from '@apollo/server';
import { Inject } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Plugin } from '@nestjs/apollo';
import { type GraphQLSchema } from 'graphql';
import { handleProtocols, makeServer } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { type Authenticator } from '../../auth/authenticator.js';
import { type TimeSource } from '../../time/time-source.js';
import { AUTHENTICATOR, TIME_SOURCE, REQUEST_LIMITS } from '../../di-tokens.js';
import { mayCome, type RequestLimits } from '../request-limits.js';
import { BatchingSocket } from './batching-socket.js';
import { OpenSockets } from './open-socket.js';
import { serveSocket } from './serve-socket.js';
import { socketProtocol } from './graphql-ws-protocol.js';
import { OperationsUnderWay } from '../under-way.js';

const path = '/graphql';

/** How long clients may take to go when the server stops, and a socket that was closed to be gone. */
const partingMs = 1_000;

/** The code of RFC 6455's registry for who leaves. */
const goingAway = 1001;

/**
 * The transport of subscriptions: `graphql-transport-ws` at the path of the API, under the same limits as HTTP. Nest has
 * one of its own, but that one takes messages of a hundred megabytes and any number of sockets, and it leaves a socket for
 * another path hanging.
 */
@Plugin()
export class WebSocketTransport implements ApolloServerPlugin {
  private readonly open = new OpenSockets();

  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(REQUEST_LIMITS) private readonly requestLimits: RequestLimits,
    @Inject(AUTHENTICATOR) private readonly authenticator: Authenticator,
    @Inject(TIME_SOURCE) private readonly time: TimeSource,
  ) {}

  serverWillStart({ schema }: { readonly schema: GraphQLSchema }): Promise<GraphQLServerListener> {
    const { limits } = this.requestLimits;
    const sockets = new WebSocketServer({
      ...{ noServer: true, maxPayload: limits.bodyBytes, closeTimeout: partingMs, handleProtocols },
      WebSocket: BatchingSocket,
    });
    const protocol = makeServer(socketProtocol(schema, this.requestLimits, this.authenticator, this.time));
    const http = this.host.httpAdapter.getHttpServer() as NodeJS.EventEmitter;
    http.on('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer) => {
      const status = this.refusal(request);
      if (status !== undefined) {
        refuse(connection, status);
        return;
      }
      sockets.handleUpgrade(request, connection, head, (socket) => {
        socket.connection = connection;
        const address = this.requestLimits.addressOf(request);
        const one = { socket, request, address, incoming: 0, underWay: new OperationsUnderWay() };
        this.open.add(one);
        serveSocket(protocol, one, this.open, this.requestLimits);
      });
    });
    const drainServer = async () => {
      for (const socket of sockets.clients) socket.close(goingAway, 'Going away');
      await new Promise<void>((resolve) => {
        sockets.close(() => {
          resolve();
        });
      });
    };
    return Promise.resolve({ drainServer });
  }

  /** The HTTP status that a socket is refused with; undefined: it may come. */
  private refusal(request: IncomingMessage): number | undefined {
    if (request.url?.split('?')[0] !== path) return 404;
    if (!mayCome(this.requestLimits, request)) return 403;
    const { limits, requests, rates } = this.requestLimits;
    const from = this.requestLimits.addressOf(request);
    if (this.open.size >= limits.sockets.total) return 503;
    if (requests.take(`address ${from}`, rates.perAddress) !== undefined) return 429;
    if (this.open.count(({ address }) => address === from) >= limits.sockets.perAddress) return 429;
    const strangers = this.open.count(({ address, identity }) => address === from && identity === undefined);
    return strangers >= limits.unknownSockets ? 429 : undefined;
  }
}

function refuse(connection: Duplex, status: number): void {
  connection.on('error', () => undefined);
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
  connection.end(head, () => connection.destroy());
}
