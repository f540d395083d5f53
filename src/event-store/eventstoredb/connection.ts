import { setTimeout as sleep } from 'node:timers/promises';
import { type ChannelCredentials, connectivityState, credentials as channelCredentials, Metadata } from '@grpc/grpc-js';
import {
  CancelledError,
  convertToCommandError,
  DeadlineExceededError,
  NotLeaderError,
  UnavailableError,
} from '@eventstore/db-client';
import { type StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { type ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { type Cause, causeOf, inWords, isSameHost } from './causes.js';
import { type ConnectionUrl, type Host } from './connection-url.js';
import { type Credentials } from './credentials.js';
import { findLeader } from './discovery.js';
import { nameIn, type RecordedEvent } from './events.js';
import { anotherLog, closed, isRefusal, rejectionOf, Silence, Unreachable } from './failures.js';
import { type BatchAppendCall, clientOf, firstEventOf, type Link, type ReadCall } from './link.js';
import { readEnd, readStreamFrom } from './requests.js';
import { isAborted, over } from './retry-policy.js';
import { StreamNames } from './stream-names.js';

type Call = ReadCall | BatchAppendCall;

/** How long a host is waited for where it is looked why it is not there, in milliseconds. */
const lookMs = 2_000;

/** How long a new connection may take until it is known which log is there, in milliseconds. */
const nameMs = 3_000;

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
  private readonly closing = new AbortController();
  /** The log that is there, by its name, once that is known. */
  private logId: string | undefined;
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

  /** It is the log of a name that is there: a connection that is made from now on is to no other. */
  expect(logId: string): void {
    this.logId = logId;
    if (this.current !== undefined) this.watch(this.current);
  }

  /** Begins to read; what it reads comes as it is asked for. @throws Unreachable, StorageFault `LOG_OLDER` */
  read(request: ReadReq, { requiresLeader }: { readonly requiresLeader: boolean }): Promise<ReadCall> {
    return this.call((client) => client.read(request, this.metadata(requiresLeader), { deadline: Infinity }));
  }

  /** A call that takes any number of appends, and answers each. @throws as {@link read} */
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
    return this.first(link, readEnd(), Infinity).then(
      () => true,
      () => false,
    );
  }

  /** Whether a call is on what the next one would be on, and not on what was lost or given up. */
  carries(call: Call): boolean {
    return this.carriers.get(call) === this.current;
  }

  /** Reads the password again, where it can be, since it was refused; whether it is another. */
  readPasswordAgain(): boolean {
    return this.credentials.readAgain();
  }

  /** Ends every call and lets go of the server. */
  async close(): Promise<void> {
    this.closing.abort(over);
    for (const call of [...this.open]) call.cancel();
    const link = await this.link?.catch(() => undefined);
    this.link = undefined;
    link?.client.close();
  }

  /** Why each host is not there; among them the leader that the others name, which may be reached by no one here. */
  async causes(): Promise<readonly Cause[]> {
    const { lost, url, credentials } = this;
    const isOther = lost !== undefined && !url.hosts.some((host) => isSameHost(host, lost));
    const looking = { isSecure: url.isSecure, ca: credentials.authorities(), timeoutMs: lookMs };
    return Promise.all([...url.hosts, ...(isOther ? [lost] : [])].map((host) => causeOf(host, looking)));
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

  private get isClosed(): boolean {
    return isAborted(this.closing.signal);
  }

  private linked(): Promise<Link> {
    if (this.isClosed) return Promise.reject(closed());
    if (this.link !== undefined) return this.link;
    const finding = this.find().catch((error: unknown) => {
      if (this.link === finding) this.link = undefined;
      throw error;
    });
    this.link = finding;
    return finding;
  }

  private async find(): Promise<Link> {
    const credentials = this.channelCredentials();
    const host = await this.host(credentials);
    const link = { host, client: clientOf(host, credentials, this.url, this.window) };
    this.current = link;
    if (this.logId !== undefined) {
      await this.expectLog(link, this.logId);
      this.watch(link);
    }
    return link;
  }

  /** A channel connects again by itself where no call is open: that would be to whichever log is there then. */
  private watch(link: Link): void {
    link.client.getChannel().watchConnectivityState(connectivityState.READY, Infinity, () => {
      if (!this.isClosed) this.lose(link);
    });
  }

  /** After each reconnection the log is asked its name: another may have been put in its place. */
  private async expectLog(link: Link, logId: string): Promise<void> {
    const { log } = this.names;
    const read = () => this.first(link, readStreamFrom(log, 0, 1), Date.now() + nameMs);
    try {
      // A password may have changed while the server was away.
      const named = await read().catch((error: unknown) => {
        if (isRefusal(error) && this.credentials.readAgain()) return read();
        throw error;
      });
      if (named === undefined) throw anotherLog('it has no name any more');
      if (nameIn(named) !== logId) throw anotherLog('it has another name');
    } catch (error) {
      this.lose(link);
      throw error instanceof DeadlineExceededError
        ? new Silence(`no answer in ${nameMs} ms`)
        : rejectionOf(error, { right: 'read', stream: log });
    }
  }

  /** Asks for an event on a link that may not be handed out yet. */
  private first(link: Link, request: ReadReq, deadline: number): Promise<RecordedEvent | undefined> {
    const call = link.client.read(request, this.metadata(false), { deadline });
    this.open.add(call);
    call.on('status', () => this.open.delete(call));
    return firstEventOf(call);
  }

  private async host(credentials: ChannelCredentials): Promise<Host> {
    const { told, lost, url } = this;
    const { signal } = this.closing;
    this.told = undefined;
    if (told !== undefined) return told;
    const [first, ...more] = url.hosts;
    if (first !== undefined && more.length === 0 && !url.discovers) return first;
    for (let attempt = 1; attempt <= url.maxDiscoverAttempts && !this.isClosed; attempt++) {
      const leader = await findLeader(url, credentials, lost, signal);
      if (leader !== undefined) return leader;
      await sleep(url.discoveryIntervalMs, undefined, { signal }).catch(() => undefined);
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
