import { type ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js';
import { convertToCommandError } from '@eventstore/db-client';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { type ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { nameOfHost } from './causes.js';
import { type ConnectionUrl, type Host } from './connection-url.js';
import { type RecordedEvent } from './events.js';

export type ReadCall = ReturnType<StreamsClient['read']>;
export type BatchAppendCall = ReturnType<StreamsClient['batchAppend']>;

/** What calls to a node go by. */
export interface Link {
  readonly host: Host;
  readonly client: StreamsClient;
}

/** The largest message that is taken: an event of the largest size there is, and what is around it. */
const mostReceived = 17 * 1024 * 1024;

const never = 0x7fffffff;

/** @param window how much the server may send ahead, in bytes; by default 64 KiB */
export function clientOf(
  host: Host,
  credentials: ChannelCredentials,
  { keepAliveIntervalMs, keepAliveTimeoutMs }: ConnectionUrl,
  window?: number,
): StreamsClient {
  const options: ChannelOptions = {
    'grpc.use_local_subchannel_pool': 1, // otherwise all connections of a process to a node are one
    'grpc.keepalive_time_ms': keepAliveIntervalMs < 0 ? never : keepAliveIntervalMs,
    'grpc.keepalive_timeout_ms': keepAliveTimeoutMs < 0 ? never : keepAliveTimeoutMs,
    'grpc.max_receive_message_length': mostReceived,
    ...(window === undefined ? {} : { 'grpc-node.flow_control_window': window }),
  };
  return new StreamsClient(nameOfHost(host), credentials, options);
}

/** The first event that a read brings, which is over then. */
export function firstEventOf(call: ReadCall): Promise<RecordedEvent | undefined> {
  return new Promise((resolve, reject) => {
    const end = (recorded?: RecordedEvent) => {
      resolve(recorded);
      call.cancel();
    };
    call.on('data', (response: ReadResp) => {
      const recorded = response.getEvent()?.getEvent();
      if (recorded !== undefined) end(recorded);
    });
    call.on('end', () => {
      end();
    });
    call.on('error', (error) => {
      reject(convertToCommandError(error));
    });
  });
}
