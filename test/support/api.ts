import { mkdtempSync, rmSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Type } from '@nestjs/common';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { KeyStore } from '../../src/auth/key-store.js';
import { type Role } from '../../src/auth/permissions.js';
import { type RequestLimits } from '../../src/api/request-limits.js';
import { type LogEntry } from '../../src/observability/log.js';
import { type PledgeContext } from '../../src/app/pledge-context.js';
import { type Server, startServer } from '../../src/app/bootstrap.js';
import { testDoors } from './request-limits.js';
import { openIn } from './application-contexts.js';
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

/** Resolves when the store has answered those who follow the log: the embedded one has from the start. */
async function whenFollowed({ projections }: PledgeContext): Promise<void> {
  while (!['live', 'catchingUp'].includes(projections.subscription.state)) await turn();
}

/** The real server, over real HTTP and WebSocket, on a folder and a clock of the test's. */
export class Api {
  private constructor(
    readonly folder: string,
    readonly time: ManualClock,
    private readonly environment: NodeJS.ProcessEnv,
    /** What its doors logged. */
    readonly logged: readonly LogEntry[],
    private context: PledgeContext,
    private server: Server,
  ) {}

  static async start(
    now: string,
    folder = newFolder(),
    environment: NodeJS.ProcessEnv = {},
    differing: Partial<RequestLimits> = {},
    more: readonly Type[] = [],
  ): Promise<Api> {
    const time = new ManualClock(Date.parse(now));
    const context = await openIn(folder, 'serve', time, environment);
    const { requestLimits, logged } = testDoors(context.settings, time, differing);
    const server = await startServer(context, more, { requestLimits });
    await whenFollowed(context);
    return new Api(folder, time, environment, logged, context, server);
  }

  /** The end of the log. */
  lastPosition(): Promise<string> {
    return this.context.store.lastPosition();
  }

  /** Takes a table from under the queries that need it. */
  async loseTable(table: string): Promise<void> {
    await this.context.db.schema.dropTable(table).execute();
  }

  /** What a socket says first, for the administrator to be known. */
  get connectionParams(): Record<string, unknown> {
    return this.identified;
  }

  /** The headers by which the administrator is known. */
  get identified(): Record<string, string> {
    return { authorization: `Bearer ${this.key}` };
  }

  /** Stops and starts on the same folder, as after a deployment; between the two something may be done to the folder. */
  async restart(now: string, environment = this.environment, between: () => void = () => undefined): Promise<void> {
    await this.close();
    between();
    this.time.moveTo(Date.parse(now));
    this.context = await openIn(this.folder, 'serve', this.time, environment);
    this.server = await startServer(this.context, [], testDoors(this.context.settings, this.time));
    await whenFollowed(this.context);
  }

  get url(): string {
    return this.server.url;
  }

  /** The administrator's, for trying things out. */
  get key(): string {
    return this.server.developmentKey?.text ?? '';
  }

  /** A new key of a role, for some customers or for all. */
  newKey(role: Role, customers: readonly string[] | null = null, expiresAt: number | null = null): string {
    const keys = KeyStore.open(this.folder);
    const { text } = keys.create({ name: `${role}-key`, role, customers, expiresAt }, this.time.now());
    keys.close();
    return text;
  }

  async send(query: string, variables: Record<string, unknown> = {}, key = this.key): Promise<Answer> {
    const { text } = await this.post(JSON.stringify({ query, variables }), { authorization: `Bearer ${key}` });
    return JSON.parse(text) as Answer;
  }

  /** Sends a body as it is to the API; with the administrator's key, unless the headers say otherwise. */
  async post(body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Reply> {
    const all = { 'content-type': 'application/json', authorization: `Bearer ${this.key}`, ...headers };
    const response = await fetch(`${this.url}/graphql`, { method: 'POST', headers: all, body });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** The first answer that comes over a socket of its own. */
  async sendBySocket(query: string, variables: Record<string, unknown> = {}, key = this.key): Promise<Answer> {
    const client = this.connect(key);
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

  /** A socket's client that says whose it is. */
  private connect(key: string): Client {
    return createClient({
      url: `${this.url.replace('http', 'ws')}/graphql`,
      connectionParams: { authorization: `Bearer ${key}` },
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
  }

  /** The data of an answer without errors. */
  async data<Data = Record<string, unknown>>(
    query: string,
    variables: Record<string, unknown> = {},
    key = this.key,
  ): Promise<Data> {
    const { data, errors } = await this.send(query, variables, key);
    if (errors !== undefined || data === undefined || data === null) throw new Error(JSON.stringify(errors));
    return data as Data;
  }

  /** The messages of a subscription, one at a time; `return()` leaves. */
  subscribe(query: string, variables: Record<string, unknown> = {}, key = this.key) {
    const client = this.connect(key);
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
    await this.context.close();
  }

  async end(): Promise<void> {
    await this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
