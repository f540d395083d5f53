import { readFileSync } from 'node:fs';
import { EventStoreDBClient, UnavailableError } from '@eventstore/db-client';
import { parseConnectionString } from '@eventstore/db-client/dist/Client/parseConnectionString.js';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { type ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { Rejection } from '../../event-sourcing/rejection.js';

export type ReadCall = ReturnType<StreamsClient['read']>;
export type BatchAppendCall = ReturnType<StreamsClient['batchAppend']>;

/**
 * The client, for the two calls that the log needs. Finding the node, its leader and the next one after a failure are the
 * client's; the calls are made here, since the client's own appends share their answers between all clients of a process
 * (a connection lost by one takes the process with it), and its reads of the whole log know no filter.
 */
export class Connection extends EventStoreDBClient {
  private latest: StreamsClient | undefined;

  /** @throws Rejection `INVALID_EVENT_STORE_URL` */
  constructor(url: string) {
    super(...settingsOf(url));
    const handle = this.handleError;
    // A failure that is met while the next node is still looked for must not end the process.
    this.handleError = (client, error) => handle(client, error).catch(() => undefined);
  }

  /** Begins to read; what it reads comes as it is asked for. */
  read(request: ReadReq, { requiresLeader }: { readonly requiresLeader: boolean }): Promise<ReadCall> {
    return this.call('read', (client) =>
      client.read(request, ...this.callArguments({ requiresLeader }, { deadline: Infinity })),
    );
  }

  /** A call that takes any number of appends, and answers each. */
  batchAppend(): Promise<BatchAppendCall> {
    return this.call('batchAppend', (client) =>
      client.batchAppend(...this.callArguments({ requiresLeader: true }, { deadline: Infinity })),
    );
  }

  /** Nothing is heard of the server any more: the next call looks for it anew. */
  abandon(): void {
    if (this.latest !== undefined) void this.handleError(this.latest, new UnavailableError());
  }

  /** Ends every call and lets go of the server. */
  async close(): Promise<void> {
    await this.dispose();
    this.abandon();
  }

  private call<Call extends ReadCall | BatchAppendCall>(
    name: string,
    begin: (client: StreamsClient) => Call,
  ): Promise<Call> {
    return this.GRPCStreamCreator(StreamsClient, name, (client) => {
      this.latest = client;
      // Whoever reads the call hears of its errors there; one that comes after must not be nobody's.
      const call = begin(client);
      call.on('error', () => undefined);
      return call;
    })();
  }
}

type Settings = ConstructorParameters<typeof EventStoreDBClient>;

function settingsOf(url: string): Settings {
  const { hosts, dnsDiscover, tls, tlsCAFile, userCertFile, userKeyFile, defaultCredentials, ...options } = parse(url);
  const [first] = hosts;
  if (first === undefined) throw invalid('it names no host');
  const where = dnsDiscover ? { discover: first } : hosts.length > 1 ? { endpoints: hosts } : { endpoint: first };
  const files = {
    ...(tlsCAFile === undefined ? {} : { rootCertificate: readFileSync(tlsCAFile) }),
    ...(userCertFile === undefined ? {} : { userCertFile: readFileSync(userCertFile) }),
    ...(userKeyFile === undefined ? {} : { userKeyFile: readFileSync(userKeyFile) }),
  };
  // The constructor is one for each kind of «where»; the settings are right for whichever it is.
  return [{ ...options, ...where } as Settings[0], { insecure: tls === false, ...files }, defaultCredentials];
}

function parse(url: string): ReturnType<typeof parseConnectionString> {
  try {
    return parseConnectionString(url);
  } catch {
    // The client's own message repeats the URL, and with it a password.
    throw invalid('it is not of the form esdb://[user:password@]host[:port][,…][?option=value&…]');
  }
}

const invalid = (why: string) =>
  new Rejection('INVALID_EVENT_STORE_URL', `The connection string of EventStoreDB cannot be used: ${why}.`);
