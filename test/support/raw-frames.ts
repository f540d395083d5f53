import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** What a server sent in a frame. */
interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
}

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

const textFrame = 1;
const closeFrame = 8;

/** A WebSocket client that sends what it is told, frame by frame, and takes no notice of being closed. */
export class RawFrames {
  readonly frames: Frame[] = [];
  /** Resolves when the connection is gone. */
  readonly gone: Promise<void>;
  private received = Buffer.alloc(0);
  private wake: () => void = () => undefined;

  private constructor(readonly socket: Socket) {
    socket
      .on('error', () => undefined)
      .on('data', (chunk: Buffer) => {
        this.received = Buffer.concat([this.received, chunk]);
        this.read();
        this.wake();
      });
    this.gone = new Promise((resolve) => {
      socket.once('close', () => {
        resolve();
        this.wake();
      });
    });
  }

  static async open(url: string): Promise<RawFrames> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const key = randomBytes(16).toString('base64');
    socket.write(
      `GET /graphql HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n`,
    );
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject).once('data', (head: Buffer) => {
        if (head.toString().startsWith('HTTP/1.1 101')) resolve();
        else reject(new Error(head.toString()));
      });
    });
    return new RawFrames(socket);
  }

  /** Opens a socket whose client has said who it is. */
  static async known(url: string, credential: string): Promise<RawFrames> {
    const raw = await RawFrames.open(url);
    raw.send({ type: 'connection_init', payload: { authorization: `Bearer ${credential}` } });
    await raw.until(() => raw.messages('connection_ack').length > 0);
    return raw;
  }

  send(message: object): void {
    this.write(Buffer.from(JSON.stringify(message)));
  }

  ask(id: string, query: string, variables: Record<string, unknown> = {}): void {
    this.send({ id, type: 'subscribe', payload: { query, variables } });
  }

  /** Sends a frame of text; of one that says that it is longer, the rest never comes. */
  write(payload: Buffer, { isLast = true, says = payload.length, opcode = textFrame } = {}): void {
    const head = Buffer.alloc(14); // the mask is of zeros
    head[0] = (isLast ? 0x80 : 0) | opcode;
    head[1] = 0x80 | 127;
    head.writeBigUInt64BE(BigInt(says), 2);
    this.socket.write(Buffer.concat([head, payload]));
  }

  /** The code that the server has closed it with; undefined: it has not. */
  get closedWith(): number | undefined {
    return this.frames.find(({ opcode }) => opcode === closeFrame)?.payload.readUInt16BE(0);
  }

  messages(type: string): readonly Message[] {
    const all = this.frames.filter(({ opcode }) => opcode === textFrame);
    return all
      .map(({ payload }) => JSON.parse(payload.toString()) as Message)
      .filter((message) => message.type === type);
  }

  /** Waits until something holds of what came. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.socket.destroyed) throw new Error('the connection is gone');
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  private read(): void {
    for (;;) {
      const { received } = this;
      if (received.length < 2) return;
      const [first = 0, second = 0] = received;
      const extra = second === 126 ? 2 : second === 127 ? 8 : 0;
      if (received.length < 2 + extra) return;
      const length =
        extra === 0 ? second : extra === 2 ? received.readUInt16BE(2) : Number(received.readBigUInt64BE(2));
      const end = 2 + extra + length;
      if (received.length < end) return;
      this.frames.push({ opcode: first & 0x0f, payload: received.subarray(2 + extra, end) });
      this.received = received.subarray(end);
    }
  }
}
