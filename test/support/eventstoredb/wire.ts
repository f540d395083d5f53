import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

interface Link {
  readonly near: Socket;
  readonly far: Socket;
}

/** The wire between a client and a node: it can be cut, and it can go silent without a word. */
export class Wire {
  private readonly links = new Set<Link>();
  private server: Server | undefined;
  private isSuspended = false;

  /**
   * @param target the port that the wire leads to
   * @param at the port that it begins at; 0 takes a free one, and keeps it
   */
  constructor(
    private readonly target: () => number,
    private at: number,
  ) {}

  get port(): number {
    return this.at;
  }

  /** How many connections there are. */
  get connections(): number {
    return this.links.size;
  }

  async open(): Promise<void> {
    const server = createServer((near) => {
      this.join({ near, far: connect(this.target(), '127.0.0.1') });
    });
    this.server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.at, '127.0.0.1', resolve);
    });
    this.at = (server.address() as AddressInfo).port;
  }

  /** Cuts every connection; new ones are made as before. */
  cut(): void {
    for (const { near, far } of [...this.links]) {
      near.resetAndDestroy();
      far.destroy();
    }
  }

  /** Carries nothing more on the connections there are, and says nothing of it; new ones are made as before. */
  silence(): void {
    for (const { near, far } of this.links) {
      near.unpipe(far);
      far.unpipe(near);
      for (const socket of [near, far]) socket.resume(); // read, and lost
    }
  }

  /** The node stands still, as a process that is suspended: connections are made, and carry nothing until it goes on. */
  suspend(): void {
    this.isSuspended = true;
    for (const { near, far } of this.links) {
      near.unpipe(far);
      far.unpipe(near);
    }
  }

  resume(): void {
    this.isSuspended = false;
    for (const { near, far } of this.links) {
      near.pipe(far);
      far.pipe(near);
    }
  }

  /** Refuses new connections, and cuts those there are. */
  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    const closed = new Promise<void>((resolve) => {
      if (server === undefined) resolve();
      else
        server.close(() => {
          resolve();
        });
    });
    this.cut();
    await closed;
  }

  private join(link: Link): void {
    const { near, far } = link;
    this.links.add(link);
    const part = () => {
      this.links.delete(link);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.setNoDelay(true).on('error', part).on('close', part);
    if (this.isSuspended) return;
    near.pipe(far);
    far.pipe(near);
  }
}
