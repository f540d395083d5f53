import {
  type ChannelCredentials,
  type ChannelOptions,
  credentials as channelCredentials,
  Metadata,
} from '@grpc/grpc-js';
import { CancelledError, convertToCommandError, NotLeaderError, UnavailableError } from '@eventstore/db-client';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { type ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { type Cause, causeOf, inWords, nameOfHost } from './causes.js';
import { type ConnectionUrl, type Host } from './connection-url.js';
import { type Credentials } from './credentials.js';
import { findLeader } from './discovery.js';
import { closed, Unreachable } from './failures.js';
import { readEnd } from './requests.js';
import { StreamNames } from './stream-names.js';

export type ReadCall = ReturnType<StreamsClient['read']>;
export type BatchAppendCall = ReturnType<StreamsClient['batchAppend']>;
type Call = ReadCall | BatchAppendCall;

interface Link {
  readonly host: Host;
  readonly client: StreamsClient;
}

const mostReceived = 17 * 1024 * 1024;

/** How long a host is waited for where it is looked why it is not there. */
const lookMs = 2_000;

/**
 * A connection of its own to the node that leads, made when it is first needed and again when it is lost. What is called on
 * one waits for nothing that is called on another, and is not lost with it.
 */
export class Connection {
  private link: Promise<Link> | undefined;
  private current: Link | undefined;
  /** The node that was lost or given up last. */
  private lost: Host | undefined;
  /** The leader, where a node that does not lead has said which does. */
  private told: Host | undefined;
  private readonly open = new Set<Call>();
  /** What carries a call, or has carried it. */
  private readonly carriers = new WeakMap<Call, Link>();
  private isClosed = false;
  /** How our streams are called there. */
  readonly names: StreamNames;

  constructor(
    private readonly url: ConnectionUrl,
    private readonly credentials: Credentials,
    /** How much the server may send before it is told that something was taken, in bytes; by default 64 KiB. */
    private readonly window?: number,
  ) {
    this.names = new StreamNames(url.streamPrefix);
  }

  /** Begins to read; what it reads comes as it is asked for. @throws Unreachable */
  read(request: ReadReq, { requiresLeader }: { readonly requiresLeader: boolean }): Promise<ReadCall> {
    return this.call((client) => client.read(request, this.metadata(requiresLeader), { deadline: Infinity }));
  }

  /** A call that takes any number of appends, and answers each. @throws Unreachable */
  batchAppend(): Promise<BatchAppendCall> {
    return this.call((client) => client.batchAppend(this.metadata(true), { deadline: Infinity }));
  }

  /** Nothing is heard any more on what carries a call: the next one is made anew. Others are left to what they carry. */
  abandon(call: Call): void {
    const link = this.carriers.get(call);
    if (link !== undefined) this.lose(link);
  }

  /** Whether the server answers a small question on what carries a call: if so, it works on the call though it says nothing. */
  isAnsweredBeside(call: ReadCall): Promise<boolean> {
    const link = this.carriers.get(call);
    if (link === undefined || link !== this.current) return Promise.resolve(false);
    return new Promise((resolve) => {
      const asked = link.client.read(readEnd(), this.metadata(false), { deadline: Infinity });
      const end = (isAnswered: boolean) => {
        resolve(isAnswered);
        asked.cancel();
      };
      this.open.add(asked);
      asked.on('data', () => {
        end(true);
      });
      asked.on('end', () => {
        end(true);
      });
      asked.on('error', () => {
        end(false);
      });
      asked.on('status', () => this.open.delete(asked));
    });
  }

  /** Whether a call is on what the next one would be on, and not on what was lost or given up. */
  carries(call: Call): boolean {
    return this.carriers.get(call) === this.current;
  }

  /** Ends every call and lets go of the server. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const call of [...this.open]) call.cancel();
    const link = await this.link?.catch(() => undefined);
    this.link = undefined;
    link?.client.close();
  }

  /** Why each host is not there. */
  async causes(): Promise<readonly Cause[]> {
    const { hosts, isSecure } = this.url;
    const ca = this.credentials.authorities();
    return Promise.all(hosts.map((host) => causeOf(host, { isSecure, ca, timeoutMs: lookMs })));
  }

  /** What went wrong, in words for operators: of every host, where none is reached. */
  async explained(error: unknown): Promise<string> {
    const isAway = error instanceof Unreachable || error instanceof UnavailableError;
    const words = error instanceof Error ? error.message : String(error);
    return isAway ? inWords(await this.causes()) : words;
  }

  private async call<Made extends Call>(begin: (client: StreamsClient) => Made): Promise<Made> {
    const link = await this.linked();
    const call = begin(link.client);
    this.open.add(call);
    this.carriers.set(call, link);
    // Whoever reads the call hears of its errors there; one that comes after must not be nobody's.
    call.on('error', (error) => {
      const failed = convertToCommandError(error);
      if (failed instanceof NotLeaderError) this.lose(link, failed.leader);
      else if (failed instanceof UnavailableError || failed instanceof CancelledError) this.lose(link);
    });
    call.on('status', () => this.open.delete(call));
    return call;
  }

  private linked(): Promise<Link> {
    if (this.isClosed) return Promise.reject(closed());
    this.link ??= this.find().catch((error: unknown) => {
      this.link = undefined;
      throw error;
    });
    return this.link;
  }

  private async find(): Promise<Link> {
    const credentials = this.channelCredentials();
    const host = await this.host(credentials);
    const { keepAliveIntervalMs, keepAliveTimeoutMs } = this.url;
    const never = 0x7fffffff;
    const options: ChannelOptions = {
      'grpc.use_local_subchannel_pool': 1, // otherwise all connections of a process to a node are one
      'grpc.keepalive_time_ms': keepAliveIntervalMs < 0 ? never : keepAliveIntervalMs,
      'grpc.keepalive_timeout_ms': keepAliveTimeoutMs < 0 ? never : keepAliveTimeoutMs,
      'grpc.max_receive_message_length': mostReceived,
      ...(this.window === undefined ? {} : { 'grpc-node.flow_control_window': this.window }),
    };
    return (this.current = { host, client: new StreamsClient(nameOfHost(host), credentials, options) });
  }

  private async host(credentials: ChannelCredentials): Promise<Host> {
    const { told, lost, url } = this;
    this.told = undefined;
    if (told !== undefined) return told;
    const [first, ...more] = url.hosts;
    if (first !== undefined && more.length === 0 && !url.discovers) return first;
    for (let attempt = 1; attempt <= url.maxDiscoverAttempts && !this.isClosed; attempt++) {
      const leader = await findLeader(url, credentials, lost);
      if (leader !== undefined) return leader;
      await new Promise((resolve) => setTimeout(resolve, url.discoveryIntervalMs));
    }
    throw this.isClosed ? closed() : new Unreachable();
  }

  private channelCredentials(): ChannelCredentials {
    const { credentials, url } = this;
    if (!url.isSecure) return channelCredentials.createInsecure();
    return channelCredentials.createSsl(
      credentials.authorities() ?? null,
      credentials.key() ?? null,
      credentials.certificate() ?? null,
    );
  }

  private metadata(requiresLeader: boolean): Metadata {
    const metadata = new Metadata();
    const { authorization } = this.credentials;
    const { connectionName } = this.url;
    if (authorization !== undefined) metadata.set('authorization', authorization);
    if (connectionName !== undefined) metadata.set('connection-name', connectionName);
    if (requiresLeader) metadata.set('requires-leader', 'true');
    return metadata;
  }

  private lose(link: Link, leader?: Host): void {
    if (this.current !== link) return;
    this.link = undefined;
    this.current = undefined;
    this.told = leader;
    this.lost = link.host;
    link.client.close();
  }
}
