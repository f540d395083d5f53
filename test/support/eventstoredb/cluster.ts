import { WireLog } from './log.js';
import { WireServer } from './wire-server.js';

/** Nodes that share a log; one of them leads. Each tells of all when it is asked, as gossip does. */
export class Cluster {
  private leader = 0;
  private readonly down = new Set<number>();

  private constructor(readonly nodes: readonly WireServer[]) {}

  static async start(size: number): Promise<Cluster> {
    const log = new WireLog();
    const nodes: WireServer[] = [];
    const cluster = new Cluster(nodes);
    const members = () =>
      nodes.map(({ wire }, i) => ({
        port: wire.port,
        isLeader: i === cluster.leader,
        isAlive: !cluster.down.has(i),
      }));
    for (let i = 0; i < size; i++) nodes.push(await WireServer.start({ log, members }));
    return cluster;
  }

  /** `esdb://a,b,c`: any of them tells of the others. */
  get url(): string {
    return `esdb://${this.nodes.map(({ wire }) => `127.0.0.1:${wire.port}`).join(',')}?${options}`;
  }

  /** `esdb+discover://name`: one address tells of all. */
  discoverUrl(node = 0): string {
    return `esdb+discover://127.0.0.1:${this.node(node).wire.port}?${options}`;
  }

  /** `esdb://b`: one node, which may not lead. */
  urlOf(node: number): string {
    return `esdb://127.0.0.1:${this.node(node).wire.port}?${options}`;
  }

  node(at: number): WireServer {
    const node = this.nodes[at];
    if (node === undefined) throw new Error(`there is no node ${at}`);
    return node;
  }

  /** Another node leads; calls that are under way on the last one, and want a leader, end. */
  elect(leader: number): void {
    const last = this.leader;
    this.leader = leader;
    this.node(last).endAppends();
  }

  /** A node is killed; the others know. */
  async kill(node: number): Promise<void> {
    this.down.add(node);
    await this.node(node).stop();
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }
}

const options = 'tls=false&discoveryInterval=10&maxDiscoverAttempts=20';
