import { WireLog } from './log.js';
import { WireServer, type WireServerOptions } from './wire-server.js';

/** What all nodes have alike. */
export type ClusterOptions = Pick<WireServerOptions, 'users' | 'certificate' | 'maxAppendSize'>;

/** Nodes that share a log; one of them leads. Each tells of all when it is asked, as gossip does. */
export class Cluster {
  private leader = 0;
  private readonly down = new Set<number>();

  private constructor(
    readonly nodes: readonly WireServer[],
    private readonly options: ClusterOptions,
  ) {}

  static async start(size: number, options: ClusterOptions = {}): Promise<Cluster> {
    const log = new WireLog();
    const nodes: WireServer[] = [];
    const cluster = new Cluster(nodes, options);
    const members = () =>
      nodes.map(({ wire }, i) => ({
        port: wire.port,
        isLeader: i === cluster.leader,
        isAlive: !cluster.down.has(i),
      }));
    for (let i = 0; i < size; i++) nodes.push(await WireServer.start({ ...options, log, members }));
    return cluster;
  }

  /** `esdb://a,b,c`: any of them tells of the others. */
  get url(): string {
    return `esdb://${this.hosts}?${this.settings}`;
  }

  /** As {@link url}, for one of its users. */
  urlFor(user: string): string {
    const password = encodeURIComponent(this.options.users?.[user]?.password ?? '');
    return `esdb://${encodeURIComponent(user)}:${password}@${this.hosts}?${this.settings}`;
  }

  /** As {@link discoverUrl}, for one of its users. */
  discoverUrlFor(user: string): string {
    return this.urlFor(user)
      .replace('esdb:', 'esdb+discover:')
      .replace(/@[^?]*/, `@127.0.0.1:${this.node(0).wire.port}`);
  }

  /** `esdb+discover://name`: one address tells of all. */
  discoverUrl(node = 0): string {
    return `esdb+discover://127.0.0.1:${this.node(node).wire.port}?${this.settings}`;
  }

  /** `esdb://b`: one node, which may not lead. */
  urlOf(node: number): string {
    return `esdb://127.0.0.1:${this.node(node).wire.port}?${this.settings}`;
  }

  private get hosts(): string {
    return this.nodes.map(({ wire }) => `127.0.0.1:${wire.port}`).join(',');
  }

  private get settings(): string {
    const { certificate } = this.options;
    const tls = certificate === undefined ? 'tls=false' : `tlsCAFile=${encodeURIComponent(certificate.authorityFile)}`;
    return `${tls}&discoveryInterval=10&maxDiscoverAttempts=20`;
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
