import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Database } from '../../src/storage/sqlite.js';
import { type Answer, Api } from '../support/api.js';

const list = (count: number, length = 3) => Array.from({ length: count }, (_, n) => `${n}`.padStart(length, 'x'));

const lists = { customers: 'c', plans: 'p', priorities: 'o', assignees: 'a', teams: 't' };
const allLists = (count: number) => Object.fromEntries(Object.keys(lists).map((name) => [name, list(count)]));

/** Every query that takes a filter, and lists that it takes in it. */
const filtered = [
  ['tickets', 'TicketFilter', 'edges { cursor }', Object.keys(lists)],
  ['workQueue', 'TicketFilter', 'edges { cursor }', Object.keys(lists)],
  ['breaches', 'BreachFilter', 'edges { cursor }', ['plans', 'customers', 'assignees']],
  ['slaSummary', 'SlaSummaryFilter', 'lines { met }', ['plans']],
] as const;

describe('a filter', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    await api.data(`mutation { openTicket(input: { id: "T-1", customer: "acme", type: "productBug", channel: "email",
      subject: "It broke" }) { __typename } }`);
  });
  afterAll(() => api.end());
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const ask = (query: string, type: string, selection: string, filter: Record<string, unknown>): Promise<Answer> =>
    api.send(`query ($filter: ${type}) { ${query}(filter: $filter) { ${selection} } }`, { filter });
  const faults = ({ errors = [] }: Answer) =>
    errors.map(({ extensions = {} }) => [
      extensions['code'],
      (extensions['fields'] as { path: string }[] | undefined)?.map(({ path }) => path.split('.').at(-1)),
    ]);

  it.each(filtered)(
    'of %s names the list that is too long, or has a text too long in it',
    async (query, type, selection, names) => {
      for (const name of names) {
        expect(faults(await ask(query, type, selection, { [name]: list(501) }))).toEqual([['BAD_USER_INPUT', [name]]]);
        expect(faults(await ask(query, type, selection, { [name]: list(1, 201) }))).toEqual([
          ['BAD_USER_INPUT', [name]],
        ]);
      }
    },
  );

  it.each(['tickets', 'workQueue'])('of %s with a text too long is refused by its name', async (query) => {
    const answer = await ask(query, 'TicketFilter', 'edges { cursor }', { text: 'a'.repeat(201) });
    expect(faults(answer)).toEqual([['BAD_USER_INPUT', ['text']]]);
    expect((await ask(query, 'TicketFilter', 'edges { cursor }', { text: '%_\\'.repeat(66) })).errors).toBeUndefined();
  });

  it('with lists at their limits in every field is answered', async () => {
    for (const query of ['tickets', 'workQueue']) {
      expect((await ask(query, 'TicketFilter', 'edges { cursor }', allLists(500))).errors).toBeUndefined();
    }
  });

  it.each(filtered)('of %s is one statement, however long its lists', async (query, type, selection, names) => {
    const askWith = async (count: number) =>
      ask(query, type, selection, Object.fromEntries(names.map((name) => [name, list(count)])));
    await askWith(1);
    const prepare = jest.spyOn(Database.prototype, 'prepare');
    for (const count of [2, 3, 17, 255, 500]) expect((await askWith(count)).errors).toBeUndefined();
    expect(prepare).not.toHaveBeenCalled();
  });
});
