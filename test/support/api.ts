import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { type Ledger } from '../../src/ledger.js';
import { type Server, startServer } from '../../src/server.js';
import { testDoors } from './doors.js';
import { openIn } from './ledgers.js';
import { ManualClock } from './manual-clock.js';

export interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Record<string, unknown> }[];
}

/** An answer as HTTP has it. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A folder of a test's own. */
export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'pledge-'));

/** The real server, over real HTTP and WebSocket, on a folder and a clock of the test's. */
export class Api {
  private constructor(
    readonly folder: string,
    readonly clock: ManualClock,
    private ledger: Ledger,
    private server: Server,
  ) {}

  static async start(now: string, folder = newFolder()): Promise<Api> {
    const clock = new ManualClock(Date.parse(now));
    const ledger = await openIn(folder, 'serve', clock);
    return new Api(folder, clock, ledger, await startServer(ledger, [], testDoors(ledger.settings, clock)));
  }

  /** Stops and starts on the same folder, as after a deployment. */
  async restart(now: string): Promise<void> {
    await this.close();
    this.clock.moveTo(Date.parse(now));
    this.ledger = await openIn(this.folder, 'serve', this.clock);
    this.server = await startServer(this.ledger, [], testDoors(this.ledger.settings, this.clock));
  }

  get url(): string {
    return this.server.url;
  }

  async send(query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
    const { text } = await this.post(JSON.stringify({ query, variables }));
    return JSON.parse(text) as Answer;
  }

  /** Sends a body as it is to the API. */
  async post(body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Reply> {
    const all = { 'content-type': 'application/json', ...headers };
    const response = await fetch(`${this.url}/graphql`, { method: 'POST', headers: all, body });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** The first answer that comes over a socket of its own. */
  async sendBySocket(query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
    const client = createClient({ url: `${this.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    try {
      const answers = client.iterate({ query, variables });
      const { value } = (await answers.next()) as { value: Answer };
      return value;
    } catch (errors) {
      if (Array.isArray(errors)) return { errors: errors as NonNullable<Answer['errors']> };
      throw errors;
    } finally {
      await client.dispose();
    }
  }

  /** The data of an answer without errors. */
  async data<Data = Record<string, unknown>>(query: string, variables: Record<string, unknown> = {}): Promise<Data> {
    const { data, errors } = await this.send(query, variables);
    if (errors !== undefined || data === undefined || data === null) throw new Error(JSON.stringify(errors));
    return data as Data;
  }

  /** The messages of a subscription, one at a time; `return()` leaves. */
  subscribe(query: string, variables: Record<string, unknown> = {}) {
    const client = createClient({ url: `${this.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    const messages = client.iterate({ query, variables });
    return {
      next: async () => {
        const { value } = (await messages.next()) as { value: Answer };
        if (value.errors !== undefined) throw new Error(JSON.stringify(value.errors));
        return value.data as Record<string, Record<string, unknown>>;
      },
      leave: async () => {
        await messages.return?.();
        await client.dispose();
      },
    };
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.ledger.close();
  }

  async end(): Promise<void> {
    await this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
