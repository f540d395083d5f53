import {
  type handleClientStreamingCall,
  type handleUnaryCall,
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
import { answerAppend, answerBatches, type AppendPorts, type BatchCall } from './appends.js';
import { Faults } from './faults.js';
import { WireLog, type WriteOutcome } from './log.js';
import { callError, expectedOf, streamDeleted, streamNameOf } from './messages.js';
import { answerRead, type Subscription } from './reads.js';
import { Wire } from './wire.js';

/** What a cluster says of its nodes. */
export interface Member {
  readonly port: number;
  readonly isLeader: boolean;
  readonly isAlive: boolean;
}

export interface WireServerOptions {
  readonly log?: WireLog;
  /** A free one where it is left out. */
  readonly port?: number;
  /** In bytes; the server's own default is one MiB. */
  readonly maxAppendSize?: number;
  /** What its clock says. */
  readonly now?: () => number;
  /** The nodes of its cluster; itself alone where it is left out. */
  readonly members?: () => readonly Member[];
}

/** A node of EventStoreDB as its clients see it: its protocol, on a port of this machine, with its log in memory. */
export class WireServer {
  readonly log: WireLog;
  readonly faults = new Faults();
  readonly wire: Wire;
  readonly subscriptions = new Set<Subscription>();
  private readonly batches = new Set<BatchCall>();
  private readonly ports: AppendPorts;
  private server: Server | undefined;
  private port = 0;

  constructor(private readonly options: WireServerOptions = {}) {
    const { now = Date.now, maxAppendSize = 1024 * 1024, port = 0 } = options;
    this.wire = new Wire(() => this.port, port);
    this.log = options.log ?? new WireLog(now);
    const cut = () => {
      this.wire.cut();
    };
    this.ports = { log: this.log, faults: this.faults, maxAppendSize, now, cut };
  }

  static async start(options?: WireServerOptions): Promise<WireServer> {
    const server = new WireServer(options);
    await server.start();
    return server;
  }

  /** Where clients find it, over the wire. */
  get url(): string {
    return `esdb://127.0.0.1:${this.wire.port}?tls=false`;
  }

  /** Where clients find it without the wire, which costs a little time. */
  get directUrl(): string {
    return `esdb://127.0.0.1:${this.port}?tls=false`;
  }

  /** How many subscriptions are open. */
  get openSubscriptions(): number {
    return this.subscriptions.size;
  }

  /** Starts, or starts again, with what is in its log and on the port it had. */
  async start(): Promise<void> {
    const server = new Server({ 'grpc.max_receive_message_length': 4 * 1024 * 1024 });
    serve(server, StreamsService, {
      read: this.read,
      append: this.append,
      batchAppend: this.batchAppend,
      delete: this.remove((stream, expected) => this.log.delete(stream, expected), streams.DeleteResp),
      tombstone: this.remove((stream, expected) => this.log.tombstone(stream, expected), streams.TombstoneResp),
    });
    serve(server, ServerFeaturesService, { getSupportedMethods });
    serve(server, GossipService, { read: this.gossip });
    this.port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
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
  private refusal(call: { readonly metadata: { get(key: string): unknown[] } }): ServiceError | undefined {
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
    const refusal = this.refusal(call);
    const answer = refusal === undefined ? answerRead(call, this) : undefined;
    const ended = answer ?? Promise.reject(refusal ?? new Error('refused'));
    ended.then(
      () => call.end(),
      (error: unknown) => call.emit('error', error),
    );
  };

  private readonly batchAppend = (call: Parameters<typeof answerBatches>[0]) => {
    const refusal = this.refusal(call);
    if (refusal === undefined) {
      this.batches.add(call);
      call.once('close', () => this.batches.delete(call));
      answerBatches(call, this.ports);
    } else call.emit('error', refusal);
  };

  private readonly append: handleClientStreamingCall<streams.AppendReq, streams.AppendResp> = (call, callback) => {
    const refusal = this.refusal(call);
    if (refusal === undefined) answerAppend(call, callback, this.ports);
    else callback(refusal);
  };

  private remove<Response>(
    work: (stream: string, expected: ReturnType<typeof expectedOf>) => WriteOutcome,
    Answer: new () => Response,
  ): handleUnaryCall<streams.DeleteReq, Response> {
    return (call, callback) => {
      const options = call.request.getOptions();
      const stream = streamNameOf(options?.getStreamIdentifier());
      const refusal = this.refusal(call);
      if (refusal !== undefined || options === undefined) {
        callback(refusal ?? callError(status.INVALID_ARGUMENT, 'options are missing'));
        return;
      }
      const expected = expectedOf(options, options.getRevision());
      const outcome = work(stream, expected);
      if (outcome.kind === 'written') callback(null, new Answer());
      else if (outcome.kind === 'deleted') callback(streamDeleted(stream));
      else {
        const trailers = { exception: 'wrong-expected-version', 'stream-name': stream };
        const versions = { 'expected-version': String(expected), 'actual-version': String(outcome.actual) };
        callback(callError(status.FAILED_PRECONDITION, 'Wrong expected version', { ...trailers, ...versions }));
      }
    };
  }

  private readonly gossip: handleUnaryCall<shared.Empty, gossip.ClusterInfo> = (_, callback) => {
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

const getSupportedMethods: handleUnaryCall<shared.Empty, features.SupportedMethods> = (_, callback) => {
  const methods = ['read', 'append', 'batchappend', 'delete', 'tombstone'].map((name) =>
    new features.SupportedMethod().setMethodName(name).setServiceName('event_store.client.streams.streams'),
  );
  callback(null, new features.SupportedMethods().setMethodsList(methods).setEventStoreServerVersion('24.10.0'));
};

/** The definitions that come with the client are typed by hand: what serves them is not. */
function serve(server: Server, service: object, implementation: UntypedServiceImplementation): void {
  server.addService(service as ServiceDefinition, implementation);
}
