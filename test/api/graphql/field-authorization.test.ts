import { describe, expect, it } from '@jest/globals';
import { buildSchema, execute, parse } from 'graphql';
import { authorizeFields } from '../../../src/api/graphql/field-authorization.js';
import { type RequestContext } from '../../../src/auth/requires.js';
import { yieldToEventLoop } from '../../../src/event-sourcing/yield-to-event-loop.js';

const asking = (who: string): RequestContext => ({
  identity: {
    actor: { id: who, kind: 'person' },
    may: new Set(['readCatalogue']),
    scope: 'everyone',
    over: () => undefined,
    lookAgainAt: () => Infinity,
  },
  signal: new AbortController().signal,
});

describe('fields that take long', () => {
  it('are answered one in a turn of the event loop, to one caller after the other', async () => {
    const schema = buildSchema('type Query { plans: Int }');
    const field = schema.getQueryType()?.getFields()['plans'];
    if (field === undefined) throw new Error('there is no such field');
    let now = 0;
    const answered: { readonly who: string; readonly turn: number }[] = [];
    field.extensions = { permission: 'readCatalogue' };
    field.resolve = (_, __, { identity }: RequestContext) => {
      for (const until = performance.now() + 6; performance.now() < until;); // longer than work may go on
      answered.push({ who: identity.actor.id, turn: now });
    };
    authorizeFields(schema);
    const document = parse(`{ ${Array.from({ length: 5 }, (_, n) => `a${n}: plans`).join(' ')} }`);
    const asked = ['ann', 'bob'].map((who) =>
      Promise.resolve(execute({ schema, document, contextValue: asking(who) })),
    );
    while (answered.length < 10) {
      await yieldToEventLoop();
      now += 1;
    }
    await Promise.all(asked);
    expect(answered).toHaveLength(10);
    const most = Math.max(...answered.map(({ turn }) => answered.filter((other) => other.turn === turn).length));
    expect(most).toBeLessThanOrEqual(2);
    expect(new Set(answered.slice(1, 5).map(({ who }) => who)).size).toBe(2);
  });
});

describe('a subscription', () => {
  it('is refused to who may not have it, and ends where its listener is not who he was any more', async () => {
    const schema = buildSchema('type Query { plans: Int } type Subscription { events: Int }');
    const [query, events] = [
      schema.getQueryType()?.getFields()['plans'],
      schema.getSubscriptionType()?.getFields()['events'],
    ];
    if (query === undefined || events === undefined) throw new Error('there is no such field');
    query.extensions = { permission: 'readCatalogue' };
    events.extensions = { permission: 'readTickets' };
    let begun = 0;
    events.subscribe = async function* () {
      begun += 1;
      for (let n = 0; ; n++) yield await Promise.resolve(n);
    };
    authorizeFields(schema);
    const subscribe = events.subscribe;
    const listen = (context: RequestContext) =>
      subscribe(undefined, {}, context, undefined as never) as Promise<AsyncIterator<number>>;
    await expect(listen(asking('ann'))).rejects.toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    expect(begun).toBe(0);

    const ended: 'KEY_REVOKED'[] = [];
    const { identity, signal } = asking('bob');
    const messages = await listen({
      identity: { ...identity, may: new Set(['readTickets']), over: () => ended.at(0) },
      signal,
    });
    expect(await messages.next()).toEqual({ done: false, value: 0 });
    ended.push('KEY_REVOKED');
    expect(await messages.next()).toEqual({ done: true, value: undefined });
  });
});
