import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ApolloClient, gql, HttpLink, InMemoryCache, type TypedDocumentNode } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { type Connection, connectionsOf, type PageArguments, pageBySpecification } from '../support/connections.js';
import { receiver, type Receiver } from '../support/receiver.js';

interface Answered {
  readonly edges: readonly { readonly cursor: string }[];
  readonly pageInfo: {
    readonly startCursor: string | null;
    readonly endCursor: string | null;
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
  };
  readonly totalCount?: number;
}

const connections = connectionsOf('schema.gql', { id: 'T-1' }).map((found) => [found.name, found] as const);

/** So many rows each list has at least. */
const rows = 5;

describe('every list of the schema', () => {
  let api: Api;
  let there: Receiver;
  let minPosition: string;

  beforeAll(async () => {
    there = await receiver();
    api = await Api.start('2026-03-02T09:00:00Z', undefined, { PLEDGE_WEBHOOK_PRIVATE_TARGETS: 'yes' });
    await api.data(
      'mutation ($url: String!) { registerWebhook(input: { id: "desk", url: $url }) { ... on WebhookSaved { position } } }',
      { url: there.url },
    );
    for (let n = 1; n <= rows; n++) {
      await api.data(`mutation { enrolCustomer(input: { id: "customer-${n}", plan: "pro" }) { __typename } }`);
    }
    const late = { customer: 'acme', plan: 'pro', type: 'productBug', channel: 'email', subject: 'It broke' };
    for (let n = 1; n <= rows; n++) {
      const input = { ...late, id: `T-${n}`, occurredAt: `2026-02-2${Math.ceil(n / 2)}T09:00:00Z` }; // two at a time
      await api.data('mutation ($input: OpenTicketInput!) { openTicket(input: $input) { __typename } }', { input });
    }
    for (let n = 1; n <= rows; n++) {
      const { addInternalNote } = await api.data<{ addInternalNote: { position: string } }>(
        `mutation { addInternalNote(input: { id: "T-1", text: "${n}" }) { ... on TicketChanged { position } } }`,
      );
      minPosition = addInternalNote.position;
    }
  });
  afterAll(async () => {
    await api.end();
    await there.close();
  });

  const documentOf = ({ name, needs, isCounted }: Connection) => `
    query ($first: Int, $after: String, $last: Int, $before: String, $minPosition: Position) {
      list: ${name}(first: $first, after: $after, last: $last, before: $before, minPosition: $minPosition${needs}) {
        edges { cursor node { __typename } }
        pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
        ${isCounted ? 'totalCount' : ''}
      } }`;

  async function ask(connection: Connection, page: PageArguments): Promise<Answered> {
    const { list } = await api.data<{ list: Answered }>(documentOf(connection), { ...page, minPosition });
    return list;
  }

  async function cursorsOf(connection: Connection): Promise<readonly string[]> {
    const { edges, totalCount } = await ask(connection, { first: 200 });
    expect(edges.length).toBeGreaterThanOrEqual(rows);
    if (connection.isCounted) expect(totalCount).toBe(edges.length);
    return edges.map(({ cursor }) => cursor);
  }

  it('is found', () => {
    expect(connections.length).toBeGreaterThanOrEqual(6);
  });

  it.each(connections)('pages by the specification, from both ends: %s', async (_, connection) => {
    const all = await cursorsOf(connection);
    const places = [undefined, all[0], all[2], all.at(-1)];
    for (const after of places) {
      for (const before of places) {
        if (after !== undefined && before !== undefined && all.indexOf(after) >= all.indexOf(before)) continue;
        for (const size of [{ first: 2 }, { last: 2 }]) {
          const page = { ...size, after, before };
          const { edges, pageInfo } = await ask(connection, page);
          const answered = { page, cursors: edges.map(({ cursor }) => cursor), pageInfo };
          expect(answered).toEqual({ page, ...pageBySpecification(all, page) });
        }
      }
    }
  });

  it.each(connections)('refuses pages that make no sense: %s', async (_, connection) => {
    for (const page of [{ first: 1, last: 1 }, { before: 'x' }, { first: 0 }, { last: 201 }]) {
      const { errors } = await api.send(documentOf(connection), { ...page, minPosition });
      expect(errors).toMatchObject([{ extensions: { code: 'INVALID_PAGE' } }]);
    }
    const { errors } = await api.send(documentOf(connection), { last: 1, before: 'x', minPosition });
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID_CURSOR' } }]);
  });

  it.each(connections)('refuses the cursors of every other list: %s', async (name, connection) => {
    for (const [other, its] of connections) {
      const { edges } = await ask(its, { first: 1 });
      for (const page of [
        { first: 1, after: edges[0]?.cursor },
        { last: 1, before: edges[0]?.cursor },
      ]) {
        const { errors } = await api.send(documentOf(connection), { ...page, minPosition });
        expect({ other, errors }).toMatchObject({
          other,
          errors: other === name ? undefined : [{ path: ['list'], extensions: { code: 'INVALID_CURSOR' } }],
        });
      }
    }
  });

  describe.each(connections)('is paged by Apollo Client: %s', (name, connection) => {
    const document: TypedDocumentNode<{ list: Answered }> = gql(documentOf(connection));
    const client = () =>
      new ApolloClient({
        link: new HttpLink({ uri: `${api.url}/graphql`, headers: api.identified }),
        cache: new InMemoryCache({ typePolicies: { Query: { fields: { [name]: relayStylePagination() } } } }),
      });

    /** Pages until there is no more: all rows that the cache has merged. */
    async function paged(next: (list: Answered | undefined) => PageArguments | undefined): Promise<readonly string[]> {
      const apollo = client();
      let list: Answered | undefined;
      for (let page = next(list); page !== undefined; page = next(list)) {
        const { data } = await apollo.query({
          ...{ query: document, variables: { ...page, minPosition } },
          fetchPolicy: 'network-only',
        });
        list = data?.list;
      }
      apollo.stop();
      return list?.edges.map(({ cursor }) => cursor) ?? [];
    }

    it('forwards', async () => {
      const found = await paged((list) => {
        if (list?.pageInfo.hasNextPage === false) return undefined;
        return { first: 2, after: list?.pageInfo.endCursor ?? undefined };
      });
      expect(found).toEqual(await cursorsOf(connection));
    });

    it('backwards', async () => {
      const found = await paged((list) => {
        if (list?.pageInfo.hasPreviousPage === false) return undefined;
        return { last: 2, before: list?.pageInfo.startCursor ?? undefined };
      });
      expect(found).toEqual(await cursorsOf(connection));
    });
  });

  it('continues with the same cursors after the read models were built anew', async () => {
    const known = await Promise.all(connections.map(async ([, connection]) => cursorsOf(connection)));
    await api.restart('2026-03-02T09:00:00Z', undefined, () => {
      for (const file of readdirSync(api.folder)) if (file.startsWith('read-models.db')) rmSync(join(api.folder, file));
    });
    for (const [i, [name, connection]] of connections.entries()) {
      const all = known[i] ?? [];
      const { edges } = await ask(connection, { first: 2, after: all[1] });
      expect({ name, cursors: edges.map(({ cursor }) => cursor) }).toEqual({ name, cursors: all.slice(2, 4) });
    }
  });
});
