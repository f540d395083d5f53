import { describe, expect, it } from '@jest/globals';
import { type List, type PageRequest, type Part, readPage } from '../../src/read-models/page.js';
import { pageBySpecification } from '../support/connections.js';
import fc from '../support/fc.js';

interface Row {
  readonly id: number;
}

/** A list of the numbers below a length. */
const numbers = (length: number, name = 'numbers'): List<Row> => ({
  name,
  kinds: ['number'],
  keyOf: ({ id }) => [id],
  async read({ after, before, isBackwards, limit }: Part) {
    const all = Array.from({ length }, (_, id) => ({ id }));
    const part = all.filter(({ id }) => id > Number(after?.[0] ?? -1) && id < Number(before?.[0] ?? length));
    return (isBackwards ? part.toReversed() : part).slice(0, limit);
  },
});

async function answered(list: List<Row>, request: PageRequest) {
  const { edges, pageInfo } = await readPage(list, request);
  const [hasNextPage, hasPreviousPage] = [await pageInfo.hasNextPage, await pageInfo.hasPreviousPage];
  const { startCursor, endCursor } = pageInfo;
  return {
    cursors: edges.map(({ cursor }) => cursor),
    pageInfo: { startCursor, endCursor, hasNextPage, hasPreviousPage },
  };
}

const cursorsOf = async (list: List<Row>) => (await answered(list, { first: 200 })).cursors;
const cursorOf = (key: unknown) => Buffer.from(JSON.stringify(key)).toString('base64url');

describe('a page of a list', () => {
  it('is the one of the specification, whatever the length, the size and the cursors', () =>
    fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 12 }),
        fc.integer({ min: 1, max: 14 }),
        fc.constantFrom('first', 'last'),
        fc.option(fc.nat({ max: 11 }), { nil: undefined }),
        fc.option(fc.nat({ max: 11 }), { nil: undefined }),
        async (length, size, side, from, to) => {
          fc.pre(from === undefined || to === undefined || from < to);
          const all = await cursorsOf(numbers(length));
          const after = from === undefined ? undefined : all[from];
          const before = to === undefined ? undefined : all[to];
          const request = {
            [side]: size,
            ...(after === undefined ? {} : { after }),
            ...(before === undefined ? {} : { before }),
          };
          expect(await answered(numbers(length), request)).toEqual(pageBySpecification(all, request));
        },
      ),
    ));

  it('continues where the row of the cursor has gone', async () => {
    const { cursors } = await answered(numbers(10), { first: 9 });
    const gone = cursors[4] ?? '';
    const rest: List<Row> = {
      ...numbers(10),
      read: async (part) => (await numbers(10).read(part)).filter(({ id }) => id !== 4),
    };
    expect((await answered(rest, { first: 2, after: gone })).cursors).toEqual(cursors.slice(5, 7));
    expect((await answered(rest, { last: 2, before: gone })).cursors).toEqual(cursors.slice(2, 4));
  });

  it('is empty, and says what lies on each side, between two cursors that stand the wrong way round', async () => {
    const all = await cursorsOf(numbers(10));
    const [after = '', before = ''] = [all[6], all[3]];
    expect(await answered(numbers(10), { first: 5, after, before })).toEqual({
      cursors: [],
      pageInfo: { startCursor: null, endCursor: null, hasNextPage: true, hasPreviousPage: true },
    });
  });

  it.each([0, -1, 1.5, 201, 2 ** 31, Infinity, NaN])('has no size of %s', async (size) => {
    for (const request of [{ first: size }, { last: size }])
      await expect(readPage(numbers(3), request)).rejects.toMatchObject({ code: 'INVALID_PAGE' });
  });

  it.each<[string, PageRequest]>([
    ['both sizes', { first: 1, last: 1 }],
    ['`before` without a size', { before: cursorOf(['numbers', 1]) }],
  ])('is refused with %s', async (_, request) => {
    await expect(readPage(numbers(3), request)).rejects.toMatchObject({ code: 'INVALID_PAGE' });
  });

  it.each([
    ['nothing', ''],
    ['words', 'next'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['another shape', cursorOf({ numbers: 1 })],
    ['no place', cursorOf(['numbers'])],
    ['a place too long', cursorOf(['numbers', 1, 2])],
    ['a place of another kind', cursorOf(['numbers', '1'])],
    ['a place beyond all numbers', Buffer.from('["numbers",1e999]').toString('base64url')],
    ['a place of nothing', cursorOf(['numbers', null])],
    ['another list', cursorOf(['letters', 1])],
    ['no list', cursorOf([1])],
    ['a cursor with something after it', `${cursorOf(['numbers', 1])}!`],
    ['a cursor in another spelling', Buffer.from('["numbers", 1]').toString('base64url')],
    ['too many brackets', Buffer.from('['.repeat(100_000)).toString('base64url')],
  ])('is refused with a cursor of %s', async (_, cursor) => {
    for (const request of [
      { first: 1, after: cursor },
      { last: 1, before: cursor },
    ])
      await expect(readPage(numbers(3), request)).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
  });

  it('is refused with the cursor of another list that is sorted in the same way', async () => {
    const [cursor = ''] = await cursorsOf(numbers(3, 'others'));
    await expect(readPage(numbers(3), { first: 1, after: cursor })).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
  });
});
