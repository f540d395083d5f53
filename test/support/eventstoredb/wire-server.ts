import {
  type handleClientStreamingCall,
  type handleUnaryCall,
  type Metadata,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type ServiceError,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { type Certificate } from '../certificates.js';
import { answerAppend, answerBatches, type AppendPorts, type BatchCall } from './appends.js';
import { Faults } from './faults.js';
import { WireLog, type WriteOutcome } from './log.js';
import { callError, expectedOf, numberOf, streamDeleted, streamNameOf } from './messages.js';
import { answerRead, type Subscription } from './reads.js';
import { OpenStreams, type Purpose } from './open-streams.js';
import { accessDenied, type Caller, Rights, type User } from './rights.js';
import { Wire } from './wire.js';

/** What a cluster says of its nodes. */
export interface Member {
  readonly port: number;
  readonly isLeader: boolean;
  readonly isAlive: boolean;
}

export interface WireServerOptions {
  readonly log?: WireLog;
  /** A free one if it is left out. */
  readonly port?: number;
  /** In bytes; the server's own default is one MiB. */
  readonly maxAppendSize?: number;
  /** Of one event, in bytes; servers from 25.0 on have such a limit, and none by default. */
  readonly maxAppendEventSize?: number;
  /** What its clock says. */
  readonly now?: () => number;
  /** How long it waits until it gives up what it could not write, in milliseconds. */
  readonly commitTimeoutMs?: number;
  /** Its users; without them it is insecure, and asks nobody. */
  readonly users?: Readonly<Record<string, User>>;
  /** What it shows who it is by; it speaks in clear if it is left out. */
  readonly certificate?: Certificate;
  /** The nodes of its cluster; itself alone if it is left out. */
  readonly members?: () => readonly Member[];
}

/** The most bytes that one message may have, and one record of the log, by which the largest append is limited. */
const mostBytes = 16_767_216;

/** Streams open at once on a connection, as Kestrel limits them. */
const mostStreams = 100;

/** A node of EventStoreDB as its clients see it: its protocol, on a port of this machine, with its log in memory. */
export class WireServer {
  readonly log: WireLog;
  readonly faults = new Faults();
  readonly wire: Wire;
  readonly subscriptions = new Set<Subscription>();
  readonly rights: Rights;
  readonly streams = new OpenStreams();
  /** How often it was asked who leads. */
  gossips = 0;
  private readonly batches = new Set<BatchCall>();
  private readonly reading = new Set<Parameters<typeof answerRead>[0]>();
  private readonly ports: AppendPorts;
  private server: Server | undefined;
  private port = 0;

  constructor(private readonly options: WireServerOptions = {}) {
    const { now = Date.now, maxAppendSize = 1024 * 1024, maxAppendEventSize = Infinity } = options;
    const { commitTimeoutMs = 2_000, port = 0, users } = options;
    if (maxAppendSize > mostBytes) throw new Error(`MaxAppendSize exceeds ${mostBytes}`);
    this.wire = new Wire(() => this.port, port);
    this.log = options.log ?? new WireLog(now);
    const cut = () => {
      this.wire.cut();
    };
    this.rights = new Rights(this.log, users && new Map(Object.entries(users)));
    const { log, faults, rights } = this;
    this.ports = { log, faults, rights, maxAppendSize, maxAppendEventSize, commitTimeoutMs, now, cut };
  }

  static async start(options?: WireServerOptions): Promise<WireServer> {
    const server = new WireServer(options);
    await server.start();
    return server;
  }

  /** Where clients find it, over the wire. */
  get url(): string {
    return `esdb://127.0.0.1:${this.wire.port}?${this.security}`;
  }

  /** Where clients find it without the wire, which costs a little time. */
  get directUrl(): string {
    return `esdb://127.0.0.1:${this.port}?${this.security}`;
  }

  /** As {@link url}, for one of its users. */
  urlFor(user: string): string {
    const password = encodeURIComponent(this.rights.users?.get(user)?.password ?? '');
    return this.url.replace('esdb://', `esdb://${encodeURIComponent(user)}:${password}@`);
  }

  private get security(): string {
    const { certificate } = this.options;
    return certificate === undefined ? 'tls=false' : `tlsCAFile=${encodeURIComponent(certificate.authorityFile)}`;
  }

  /** How many subscriptions are open. */
  get openSubscriptions(): number {
    return this.subscriptions.size;
  }

  /** Starts, or starts again, with what is in its log and on the port it had. */
  async start(): Promise<void> {
    const server = new Server({
      'grpc.max_receive_message_length': mostBytes,
      'grpc.max_concurrent_streams': mostStreams,
    });
    serve(server, StreamsService, {
      read: this.read,
      append: this.append,
      batchAppend: this.batchAppend,
      delete: this.remove(
        (stream, expected) => this.log.delete(stream, expected),
        streams.DeleteResp,
        streams.DeleteResp.Position,
      ),
      tombstone: this.remove(
        (stream, expected) => this.log.tombstone(stream, expected),
        streams.TombstoneResp,
        streams.TombstoneResp.Position,
      ),
    });
    serve(server, ServerFeaturesService, { getSupportedMethods });
    serve(server, GossipService, { read: this.gossip });
    this.port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', credentialsOf(this.options.certificate), (error, port) => {
        if (error === null) resolve(port);
        else reject(error);
      });
    });
    this.server = server;
    await this.wire.open();
  }

  /** Stops at once, as when its process is killed; what it stored stays. */
  async stop(): Promise<void> {
    await this.wire.close();
    this.server?.forceShutdown();
    this.server = undefined;
  }

  /** Stops as when it is asked to: it serves on for a while, then ends its calls with an error, then lets go. */
  async stopPolitely(servesOnMs: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, servesOnMs));
    const cancelled = callError(status.CANCELLED, 'Operation was cancelled by the server');
    for (const call of [...this.batches, ...this.reading]) {
      call.emit('error', cancelled);
      call.emit('cancelled', 'ended by the server');
    }
    await new Promise((resolve) => setTimeout(resolve, 20)); // for the errors to be sent
    await this.stop();
  }

  /** Says of a stream who has which rights, as an admin does by its metadata. */
  setAcl(stream: string, acl: object): void {
    this.write(`$$${stream}`, '$metadata', { $acl: acl });
  }

  /** Says who has which rights on streams that say nothing of it. */
  setDefaultAcl(acl: { readonly $userStreamAcl?: object; readonly $systemStreamAcl?: object }): void {
    this.write('$settings', 'update-default-acl', acl);
  }

  /** Writes as an admin does, or another program. */
  write(stream: string, type: string, data: unknown, metadata: unknown = {}): void {
    const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
    const event = { id: crypto.randomUUID(), type, contentType: 'application/json' };
    this.log.append(stream, 'any', [{ ...event, data: bytes(data), metadata: bytes(metadata) }]);
  }

  /** Ends the subscriptions there are, with an error or quietly. */
  endSubscriptions(error?: ServiceError): void {
    for (const { call } of [...this.subscriptions]) {
      if (error === undefined) call.end();
      else call.emit('error', error);
      call.emit('cancelled', 'ended by the server');
    }
    this.subscriptions.clear();
  }

  /** Ends the calls that take appends, as a leader does when it leads no more. */
  endAppends(): void {
    for (const call of this.batches) {
      const refusal = this.refusal(call);
      if (refusal !== undefined) call.emit('error', refusal);
    }
  }

  /** The subscriptions there are stay open, and hear nothing more. */
  stallSubscriptions(): void {
    for (const subscription of this.subscriptions) subscription.isStalled = true;
  }

  private get members(): readonly Member[] {
    return this.options.members?.() ?? [{ port: this.wire.port, isLeader: true, isAlive: true }];
  }

  /** Why a call that only a leader may answer is refused here; undefined where it is not. */
  private refusal(call: { readonly metadata: Metadata }): ServiceError | undefined {
    const leader = this.members.find(({ isLeader }) => isLeader);
    const requires = call.metadata.get('requires-leader')[0] === 'true';
    if (!requires || leader?.port === this.wire.port) return undefined;
    if (leader === undefined) return callError(status.UNAVAILABLE, 'Server Is Not Ready');
    return callError(status.NOT_FOUND, `Leader info available at 127.0.0.1:${leader.port}`, {
      exception: 'not-leader',
      'leader-endpoint-host': '127.0.0.1',
      'leader-endpoint-port': String(leader.port),
    });
  }

  private readonly read = (call: Parameters<typeof answerRead>[0]) => {
    this.reading.add(call);
    const end = this.streams.begin(call.getPeer(), purposeOf(call.request));
    call.once('cancelled', end);
    const answer = async () => {
      const refusal = this.refusal(call);
      if (refusal !== undefined) throw refusal;
      await answerRead(call, this.rights.callerOf(call.metadata), this);
    };
    answer()
      .then(
        () => call.end(),
        (error: unknown) => call.emit('error', error),
      )
      .finally(() => {
        end();
        this.reading.delete(call);
      });
  };

  private readonly batchAppend = (call: Parameters<typeof answerBatches>[0]) => {
    const caller = this.admitted(call, (error) => call.emit('error', error));
    if (caller === 'refused') return;
    this.batches.add(call);
    const end = this.streams.begin(call.getPeer(), 'append');
    call.once('close', () => {
      end();
      this.batches.delete(call);
    });
    answerBatches(call, caller.header, this.ports);
  };

  private readonly append: handleClientStreamingCall<streams.AppendReq, streams.AppendResp> = (call, callback) => {
    const caller = this.admitted(call, callback);
    if (caller !== 'refused') answerAppend(call, caller.header, callback, this.ports);
  };

  /** Who makes a call that only a leader may answer. */
  private admitted(
    call: { readonly metadata: Metadata },
    refuse: (error: ServiceError) => void,
  ): 'refused' | { readonly header: Caller } {
    try {
      const refusal = this.refusal(call);
      if (refusal !== undefined) throw refusal;
      return { header: this.rights.callerOf(call.metadata) };
    } catch (error) {
      refuse(error as ServiceError);
      return 'refused';
    }
  }

  private remove<Response extends { setPosition(position: never): unknown }>(
    work: (stream: string, expected: ReturnType<typeof expectedOf>) => WriteOutcome,
    Answer: new () => Response,
    Position: new () => { setCommitPosition(commit: string): unknown; setPreparePosition(prepare: string): unknown },
  ): handleUnaryCall<streams.DeleteReq, Response> {
    return (call, callback) => {
      const options = call.request.getOptions();
      const stream = streamNameOf(options?.getStreamIdentifier());
      const caller = this.admitted(call, callback);
      if (caller === 'refused') return;
      if (options === undefined) {
        callback(callError(status.INVALID_ARGUMENT, 'options are missing'));
        return;
      }
      if (!this.rights.allows(caller.header, stream, 'd')) {
        callback(accessDenied());
        return;
      }
      const expected = expectedOf(options, options.getRevision());
      const outcome = work(stream, expected);
      if (outcome.kind === 'written') {
        const position = new Position();
        position.setCommitPosition(String(outcome.position));
        position.setPreparePosition(String(outcome.position));
        const answer = new Answer();
        answer.setPosition(position as never);
        callback(null, answer);
      } else if (outcome.kind === 'deleted') callback(streamDeleted(stream));
      else {
        const trailers = { exception: 'wrong-expected-version', 'stream-name': stream };
        const versions = { 'expected-version': numberOf(expected), 'actual-version': String(outcome.actual) };
        callback(callError(status.FAILED_PRECONDITION, 'Wrong expected version', { ...trailers, ...versions }));
      }
    };
  }

  private readonly gossip: handleUnaryCall<shared.Empty, gossip.ClusterInfo> = (_, callback) => {
    this.gossips += 1;
    const { LEADER, FOLLOWER } = gossip.MemberInfo.VNodeState;
    const members = this.members.map(({ port, isLeader, isAlive }) => {
      const member = new gossip.MemberInfo();
      member.setInstanceId(new shared.UUID().setString(crypto.randomUUID()));
      member.setHttpEndPoint(new gossip.EndPoint().setAddress('127.0.0.1').setPort(port));
      return member.setIsAlive(isAlive).setState(isLeader ? LEADER : FOLLOWER);
    });
    callback(null, new gossip.ClusterInfo().setMembersList(members));
  };
}

function purposeOf(request: streams.ReadReq): Purpose {
  const options = request.getOptions();
  if (options?.hasSubscription() === true) return 'subscription';
  if (options?.hasStream() === true) return 'stream';
  return options?.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS ? 'end' : 'log';
}

const getSupportedMethods: handleUnaryCall<shared.Empty, features.SupportedMethods> = (_, callback) => {
  const methods = ['read', 'append', 'batchappend', 'delete', 'tombstone'].map((name) =>
    new features.SupportedMethod().setMethodName(name).setServiceName('event_store.client.streams.streams'),
  );
  callback(null, new features.SupportedMethods().setMethodsList(methods).setEventStoreServerVersion('24.10.0'));
};

function credentialsOf(certificate: Certificate | undefined): ServerCredentials {
  if (certificate === undefined) return ServerCredentials.createInsecure();
  const { key, chain } = certificate;
  return ServerCredentials.createSsl(null, [{ private_key: Buffer.from(key), cert_chain: Buffer.from(chain) }]);
}

/** The definitions that come with the client are typed by hand: what serves them is not. */
function serve(server: Server, service: object, implementation: UntypedServiceImplementation): void {
  server.addService(service as ServiceDefinition, implementation);
}
