import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { type Random } from '../../src/imports/random.js';
import { type Answer } from '../support/api.js';
import { type Where } from './writer.js';

export interface Heard {
  readonly id: string;
  readonly kind: string;
}

interface Message {
  readonly __typename: string;
  readonly cursor: string;
  readonly id?: string;
  readonly kind?: string;
}

const feed = `subscription ($after: Position, $filter: SlaEventFilter) {
  slaEvents(after: $after, filter: $filter) { __typename cursor ... on SlaEvent { id kind } } }`;

/** A listener that has only its last cursor to come back with, as often as it loses the server, or leaves by itself. */
export class Listener {
  readonly heard: Heard[] = [];
  /** How often it came back. */
  returns = 0;

  constructor(
    private readonly where: Where,
    readonly metric: string | undefined,
    private cursor: string,
    private readonly random: Random,
    private readonly onHeard: () => void,
  ) {}

  async listen(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await Promise.allSettled([this.once(signal)]);
      this.returns += 1;
      await this.where.back();
    }
  }

  private async once(signal: AbortSignal): Promise<void> {
    const client = createClient({
      url: this.where.url().replace('http', 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: this.where.headers,
    });
    const filter = this.metric === undefined ? {} : { metrics: [this.metric] };
    const messages = client.iterate({ query: feed, variables: { after: this.cursor, filter } });
    const leave = () => void messages.return?.();
    signal.addEventListener('abort', leave);
    try {
      for await (const { data, errors } of messages as AsyncIterable<Answer>) {
        if (errors !== undefined) throw new Error(JSON.stringify(errors));
        this.take(data?.['slaEvents'] as Message);
        if (this.random.chance(0.01)) return;
      }
    } finally {
      signal.removeEventListener('abort', leave);
      await client.dispose();
    }
  }

  private take({ cursor, id, kind }: Message): void {
    this.cursor = cursor;
    if (id === undefined || kind === undefined) return; // a heartbeat
    this.heard.push({ id, kind });
    if (kind === 'SLA_BREACHED') this.onHeard();
  }
}
