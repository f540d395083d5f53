import { lookup } from 'node:dns/promises';
import { type ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js';
import { GossipClient } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { isSameHost, nameOfHost } from './causes.js';
import { type ConnectionUrl, type Host } from './connection-url.js';
import { isAborted } from './retry-policy.js';

/** A node to ask: at an address, by the name that its certificate has. */
interface Seed {
  readonly at: Host;
  readonly name?: string;
}

/** What a node says of the others. */
interface Told {
  readonly by: Host;
  readonly leader: Host | undefined;
}

/** How long the others are waited for when one has answered: that one does not know who leads, and may soon. */
const othersMs = 250;

/**
 * Finds the node that leads: all that are known are asked at once, so that one which stands still keeps nobody waiting, nor
 * where no other leads yet. The one that was given up is believed to lead only when it says so itself. Undefined when none
 * does so far, and at once when the signal aborts.
 */
export async function findLeader(
  url: ConnectionUrl,
  credentials: ChannelCredentials,
  givenUp: Host | undefined,
  signal: AbortSignal,
): Promise<Host | undefined> {
  const seeds = await seedsOf(url);
  if (isAborted(signal)) return undefined;
  const asked = seeds.map((seed) => ask(seed, credentials, url.gossipTimeoutMs));
  return new Promise((resolve) => {
    let left = asked.length;
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const end = (leader?: Host) => {
      clearTimeout(waiting);
      signal.removeEventListener('abort', giveUp);
      for (const { stop } of asked) stop();
      resolve(leader);
    };
    const giveUp = () => {
      end();
    };
    signal.addEventListener('abort', giveUp);
    const take = (told: Told | undefined) => {
      left -= 1;
      const leader = told?.leader;
      if (leader !== undefined && (!isSameHost(leader, givenUp) || isSameHost(leader, told?.by))) end(leader);
      else if (left === 0) end();
      else if (told !== undefined) waiting ??= setTimeout(end, othersMs);
    };
    for (const { answer } of asked) void answer.then(take);
  });
}

/** The nodes to ask; a name that stands for all of them is each of its addresses. */
async function seedsOf({ hosts, discovers }: ConnectionUrl): Promise<readonly Seed[]> {
  if (!discovers) return hosts.map((at) => ({ at }));
  const each = hosts.map(async ({ address: name, port }) => {
    const addresses = await lookup(name.replace(/^\[(.*)\]$/, '$1'), { all: true }).catch(() => []);
    if (addresses.length < 2) return [{ at: { address: name, port } }];
    return addresses.map(({ address, family }) => ({
      at: { address: family === 6 ? `[${address}]` : address, port },
      name,
    }));
  });
  return (await Promise.all(each)).flat();
}

function ask(
  { at, name }: Seed,
  credentials: ChannelCredentials,
  timeoutMs: number,
): { readonly answer: Promise<Told | undefined>; readonly stop: () => void } {
  const options: ChannelOptions = {
    'grpc.use_local_subchannel_pool': 1,
    ...(name === undefined ? {} : { 'grpc.ssl_target_name_override': name, 'grpc.default_authority': name }),
  };
  const client = new GossipClient(nameOfHost(at), credentials, options);
  let stop: () => void = () => undefined;
  const answer = new Promise<Told | undefined>((resolve) => {
    const call = client.read(new shared.Empty(), { deadline: Date.now() + timeoutMs } as never, (error, info) => {
      client.close();
      resolve(error === null ? { by: at, leader: leaderIn(info) } : undefined);
    });
    stop = () => {
      call.cancel();
    };
  });
  return { answer, stop };
}

function leaderIn(info: gossip.ClusterInfo): Host | undefined {
  const { LEADER } = gossip.MemberInfo.VNodeState;
  const end = info
    .getMembersList()
    .find((member) => member.getIsAlive() && member.getState() === LEADER)
    ?.getHttpEndPoint();
  return end === undefined ? undefined : { address: end.getAddress(), port: end.getPort() };
}
