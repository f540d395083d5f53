import WebSocket from 'ws';

/** What a server says over a socket. */
export interface SocketMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A socket without the manners of a client. */
export class RawSocket {
  private readonly heard: SocketMessage[] = [];
  private wake: () => void = () => undefined;
  /** The code that it was closed with. */
  readonly closed: Promise<number>;

  private constructor(readonly socket: WebSocket) {
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      this.heard.push(JSON.parse(data.toString()) as SocketMessage);
      this.wake();
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', (code) => {
        resolve(code);
        this.wake();
      });
    });
  }

  /** Opens a socket; the status of the answer where it is refused one. */
  static open(url: string, path = '/graphql', headers: Record<string, string> = {}): Promise<RawSocket | number> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, 'graphql-transport-ws', { headers });
    return new Promise((resolve) => {
      socket.once('unexpected-response', (_, response) => {
        resolve(response.statusCode ?? 0);
        socket.terminate();
      });
      const raw = new RawSocket(socket);
      socket.once('open', () => {
        resolve(raw);
      });
    });
  }

  send(message: object | string | Buffer): void {
    const isRaw = typeof message === 'string' || Buffer.isBuffer(message);
    this.socket.send(isRaw ? message : JSON.stringify(message));
  }

  subscribe(id: string, query: string): void {
    this.send({ id, type: 'subscribe', payload: { query } });
  }

  /** The next message of some type, or undefined where the socket is closed before. */
  async next(type: string): Promise<SocketMessage | undefined> {
    for (;;) {
      const found = this.heard.findIndex((message) => message.type === type);
      if (found >= 0) return this.heard.splice(found, 1)[0];
      if (this.socket.readyState === WebSocket.CLOSED) return undefined;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}
