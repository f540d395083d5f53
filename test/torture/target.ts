import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Random } from '../../src/imports/random.js';
import { type FullDisk } from '../support/disks.js';
import { meant } from '../support/meant.js';
import { type Run, startPledge } from '../support/pledge.js';

/** How long a server is given to say that it serves; far beyond what it needs, for a whole machine may stand still. */
const patienceMs = 300_000;

/** A port that was free a moment ago: a server that is started again has to come back on the same one. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Heartbeats often, and no limit on how much is asked. */
const unlimited = { PLEDGE_HEARTBEAT_SECONDS: '1', PLEDGE_RATE: '1000000', PLEDGE_ADDRESS_RATE: '1000000' };

/** What may have happened at the moment of a kill, beside nothing in particular. */
export type Moment = 'sent' | 'heard' | 'refused';

/** A server process that is killed and started again, on the same data and the same port. */
export class Target {
  private run: Run | undefined;
  private readonly waiting = new Map<Moment, () => void>();
  /** How long it took to serve, each time that it was left alone until it did. */
  readonly startsMs: number[] = [];
  /** How many writes were refused, since the disk was full. */
  refusals = 0;
  /** How often a client has lost it, or not found it. */
  losses = 0;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private readonly env: NodeJS.ProcessEnv,
    private readonly random: Random,
  ) {}

  static async at(folder: string, random: Random, env: NodeJS.ProcessEnv): Promise<Target> {
    return new Target(folder, await freePort(), env, random);
  }

  get data(): string {
    return join(this.folder, 'data');
  }

  url = (): string => `http://127.0.0.1:${this.port}/graphql`;

  /** By which the clients are known: the development key of the first start, as soon as there is one. */
  headers = (): Readonly<Record<string, string>> => {
    const file = join(this.data, 'development.key');
    return existsSync(file) ? { authorization: `Bearer ${readFileSync(file, 'utf8').trim()}` } : {};
  };

  /** Resolves when it serves again, or a little later: one that starts is asked now and then, but not kept from it. */
  back = async (): Promise<void> => {
    this.losses += 1;
    await sleep(50);
    const serves = Promise.allSettled([this.run?.serves()]);
    await Promise.race([serves, sleep(500, undefined, { ref: false })]);
  };

  /** Something happened, at which the server may be killed. */
  happened(transition: Moment): void {
    if (transition === 'refused') this.refusals += 1;
    this.waiting.get(transition)?.();
  }

  /** Resolves at the next such moment, or soon without one. */
  private next(transition: Moment): Promise<void> {
    return Promise.race([sleep(1_500), new Promise<void>((resolve) => this.waiting.set(transition, resolve))]);
  }

  private start(): Run {
    this.run = startPledge(this.folder, ['serve'], '', { PLEDGE_PORT: String(this.port), ...unlimited, ...this.env });
    return this.run;
  }

  /** Starts it and waits until it serves. */
  async serve(): Promise<void> {
    const began = performance.now();
    const late = sleep(patienceMs, undefined, { ref: false }).then(() => {
      throw new Error('the server does not come up');
    });
    await Promise.race([this.start().serves(), late]);
    this.startsMs.push(performance.now() - began);
  }

  /** Starts it and kills it: while it starts, right after a request was sent or an event heard, or at any time. */
  async killOnce(): Promise<void> {
    const { random } = this;
    if (random.chance(0.25)) {
      this.start();
      await sleep(random.between(0, Math.max(300, this.startsMs.at(-1) ?? 0)));
    } else {
      await this.serve();
      await sleep(random.between(0, 800));
      if (random.chance(0.7)) {
        await this.next(random.pick(['sent', 'sent', 'heard']));
        await sleep(random.between(0, 6));
      }
    }
    await this.kill();
  }

  /**
   * Starts it and has the disk full under it for a while: until a write was refused, and a little longer. It is killed then,
   * while nothing can be written; or it goes on by itself as soon as there is room.
   */
  async fillOnce(disk: FullDisk, then: 'kill' | 'go on'): Promise<void> {
    const { random, data } = this;
    await this.serve();
    await sleep(random.between(0, 300));
    disk.fill(data, this.run?.pid);
    try {
      await this.next('refused');
      await sleep(random.between(0, 500));
      if (then === 'kill') await this.kill();
    } finally {
      disk.free(data, then === 'kill' ? undefined : this.run?.pid);
    }
    if (then === 'go on') await this.well();
  }

  /** Resolves when all is well, without a start or anything else done. */
  private async well(): Promise<void> {
    const began = performance.now();
    for (;;) {
      const health = await fetch(new URL('/health', this.url())).catch(meant('fetch failed'));
      if (health?.status === 200) return;
      if (performance.now() - began > patienceMs) throw new Error('the server does not go on by itself');
      await sleep(50);
    }
  }

  async kill(): Promise<void> {
    this.run?.kill('SIGKILL');
    await this.run?.ended;
  }
}
