import { setTimeout as sleep } from 'node:timers/promises';
import { type Random } from '../../src/imports/random.js';
import { type Answer } from '../support/api.js';

/** A write that was acknowledged. */
export interface Acknowledged {
  /** What it says on whose behalf it was done: in the log it is found by that. */
  readonly mark: string;
  readonly ticket: string;
  readonly mutation: string;
}

/** Where the server is, by which headers it knows who asks, and when to come back to it. */
export interface Where {
  readonly url: () => string;
  readonly headers: () => Readonly<Record<string, string>>;
  /** Resolves when another try is worth it, for whom it did not answer. */
  readonly back: () => Promise<void>;
}

export interface Desk extends Where {
  /** A request is on its way. */
  readonly sent: () => void;
  /** A write was refused, since nothing can be written now. */
  readonly refused: () => void;
  /** No new tickets are opened after that. */
  readonly closing: AbortSignal;
  /** Nothing is sent again after that. */
  readonly over: AbortSignal;
}

/** Nobody is known before the first start has made a key; a server may be up before it has reached its event store. */
const passing: readonly unknown[] = ['UNAUTHENTICATED', 'EVENT_STORE_UNAVAILABLE'];

/** What a server says whose disk is full: nothing is recorded, and the same may be sent again. */
const notWritable: readonly unknown[] = ['STORE_NOT_WRITABLE', 'DATA_NOT_WRITABLE'];

/** Sends a request until it is answered, whatever happens to the server. */
async function send<Data>(desk: Desk, query: string, variables: object): Promise<Data> {
  const body = JSON.stringify({ query, variables });
  for (;;) {
    const answer = fetch(desk.url(), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...desk.headers() },
      body,
    }).then(async (response) => (await response.json()) as Answer);
    desk.sent();
    const { data, errors } = await answer.catch((): Partial<Answer> => ({}));
    if (data !== undefined && data !== null) return data as Data;
    const isForNow = errors?.every(({ extensions }) => passing.includes(extensions?.['code'])) ?? true;
    if (!isForNow) throw new Error(JSON.stringify(errors));
    desk.over.throwIfAborted();
    await desk.back();
  }
}

/** What a mutation answers, by the name `changed`. */
interface Changed {
  readonly __typename: string;
  readonly code?: string;
  readonly message?: string;
  readonly position?: string;
}

/** Sends a mutation until it can be written, whatever happens to the disk. */
export async function change(desk: Desk, mutation: string, variables: object): Promise<Changed> {
  for (;;) {
    const { changed } = await send<{ readonly changed: Changed }>(desk, mutation, variables);
    if (!notWritable.includes(changed.code)) return changed;
    desk.refused();
    desk.over.throwIfAborted();
    await desk.back();
  }
}

interface Verb {
  readonly mutation: string;
  readonly input: string;
  readonly more?: object;
  readonly status: Status;
}

type Status = 'open' | 'waiting' | 'resolved';

const reply: Omit<Verb, 'status'> = { mutation: 'recordFollowUp', input: 'MessageInput' };
const verbs: Readonly<Record<Status, readonly Verb[]>> = {
  open: [
    { ...reply, status: 'open' },
    { ...reply, mutation: 'recordFirstResponse', status: 'open' },
    { ...reply, mutation: 'recordCustomerReply', status: 'open' },
    { mutation: 'pauseTicket', input: 'PauseTicketInput', more: { reason: 'ON_HOLD' }, status: 'waiting' },
    { mutation: 'resolveTicket', input: 'ResolveTicketInput', status: 'resolved' },
    { mutation: 'resolveTicket', input: 'ResolveTicketInput', more: { publicReply: false }, status: 'resolved' },
  ],
  waiting: [
    { ...reply, status: 'waiting' },
    { mutation: 'addInternalNote', input: 'InternalNoteInput', more: { text: 'hm' }, status: 'waiting' },
    { mutation: 'resumeTicket', input: 'ResumeTicketInput', status: 'open' },
  ],
  resolved: [
    { mutation: 'reopenTicket', input: 'TicketInput', status: 'open' },
    { ...reply, mutation: 'recordCustomerReply', status: 'resolved' },
  ],
};

/** Somebody at the desk who opens tickets and works on them, one after another, and remembers what was acknowledged. */
export async function work(desk: Desk, name: string, random: Random): Promise<readonly Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  for (let number = 1; !desk.closing.aborted; number++) {
    const ticket = `${name}-${number}`;
    const take = async ({ mutation, input, more }: Omit<Verb, 'status'>) => {
      const mark = `${ticket}-${acknowledged.length}`;
      const query = `mutation ($input: ${input}!) { changed: ${mutation}(input: $input) {
        __typename ... on Rejection { code message } } }`;
      const variables = { input: { id: ticket, onBehalfOf: { id: mark }, idempotencyKey: mark, ...more } };
      const changed = await change(desk, query, variables);
      if (changed.__typename !== 'TicketChanged') throw new Error(`${mark} ${mutation}: ${JSON.stringify(changed)}`);
      acknowledged.push({ mark, ticket, mutation });
    };
    const plan = random.pick(['quick', 'quick', 'steady']);
    const opening = { customer: 'acme', plan, type: 'productBug', channel: 'email', subject: 'It broke' };
    await take({ mutation: 'openTicket', input: 'OpenTicketInput', more: opening });
    let status: Status = 'open';
    for (let left = Math.floor(random.between(0, 7)); left > 0; left--) {
      await sleep(random.between(0, random.chance(0.2) ? 1_200 : 150));
      const verb: Verb = random.pick(verbs[status]);
      await take(verb);
      status = verb.status;
    }
  }
  return acknowledged;
}
