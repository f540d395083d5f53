import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KeyStore } from '../../src/auth/key-store.js';
import { Api, newFolder } from '../support/api.js';
import { pledgeHere, runHere } from '../support/command-line.js';

describe('pledge keys', () => {
  let api: Api;
  let folder: string;
  const keys = (...args: readonly string[]) => pledgeHere(folder, ['keys', ...args]);

  beforeAll(async () => {
    folder = newFolder();
    // As of now: the command has a clock of its own.
    api = await Api.start(new Date().toISOString(), join(folder, 'data'));
    await api.data(`mutation { openTicket(input: { id: "T-1", customer: "acme", reference: "REF-1", type: "productBug",
      channel: "email", subject: "It broke" }) { __typename } }`);
    await api.data(
      'mutation { openTicket(input: { id: "G-1", customer: "globex", type: "productBug", channel: "email", subject: "x" }) { __typename } }',
    );
  });
  afterAll(() => api.end());

  it('says so where there are none', async () => {
    const none = newFolder();
    KeyStore.open(join(none, 'data')).close();
    expect(await pledgeHere(none, ['keys', 'list'])).toEqual({
      ...{ code: 0, stdout: '' },
      stderr: 'There are no API keys yet. Make one: pledge keys create NAME --role ROLE\n',
    });
  });

  it('makes a key beside a running server, shows it once, and ends it', async () => {
    const made = await keys('create', 'auditors', '--role', 'auditor', '--customers', 'acme', '--days', '2');
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^pledge_[0-9a-f]{10}_[\w-]{43}\n$/) });
    const key = made.stdout.trim();
    const id = key.split('_')[1] ?? '';
    const ask = () => api.send('{ ticketHistory(id: "T-1") { edges { node { type } } } }', {}, key);
    expect(await ask()).toMatchObject({ data: { ticketHistory: { edges: [{ node: { type: 'TicketOpened' } }] } } });

    const listed = await keys('list');
    expect(listed.stdout).toMatch(
      new RegExp(`^${id}  auditor    until .*  (never used|last used .*Z)  auditors \\(acme\\)$`, 'm'),
    );
    expect(listed.stdout + (await keys('list', '--json')).stdout).not.toContain(key.slice(18));

    expect(await keys('revoke', id)).toMatchObject({ code: 0, stdout: `Key ${id} is revoked.\n` });
    expect((await ask()).errors?.[0]?.extensions).toMatchObject({ code: 'KEY_REVOKED' });
    expect((await keys('list')).stdout).toMatch(new RegExp(`^${id}  auditor    revoked `, 'm'));
  });

  it("makes a key of a person's, who says what is said with it, and lists whose it is and when it was used", async () => {
    const made = await keys('create', 'laptop', '--role', 'agent', '--person', 'mia');
    expect(made).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^Key [0-9a-f]{10} of mia, for the role agent/),
    });
    const key = made.stdout.trim();
    const id = key.split('_')[1] ?? '';
    const listed = async () =>
      JSON.parse((await keys('list', '--json')).stdout.split('\n').find((line) => line.includes(id)) ?? '') as unknown;
    expect(await listed()).toMatchObject({ name: 'laptop', person: 'mia', usedAt: null });
    expect((await keys('list')).stdout).toMatch(
      new RegExp(`^${id}  agent      until .*  never used  laptop of mia \\(every customer\\)$`, 'm'),
    );
    const { answer } = await api.data<{ answer: object }>(
      `mutation { answer: recordFirstResponse(input: { id: "T-1" }) { ... on TicketChanged { notices { code } ticket { firstRespondedAt } } } }`,
      {},
      key,
    );
    expect(answer).toMatchObject({ notices: [], ticket: { firstRespondedAt: expect.any(String) } });
    const { ticketHistory } = await api.data<{ ticketHistory: { edges: { node: object }[] } }>(
      '{ ticketHistory(id: "T-1") { edges { node { type actor { id kind } onBehalfOf { id } } } } }',
    );
    expect(ticketHistory.edges.at(-1)).toEqual({
      node: { type: 'FirstResponseSent', actor: { id: 'mia', kind: 'PERSON' }, onBehalfOf: null },
    });
  });

  it.each([[['list']], [['revoke', 'abc']]])('makes no folder to say that there are none: %s', async (args) => {
    const folder = join(newFolder(), 'none');
    const told = await runHere(['keys', ...args], { PLEDGE_DATA: folder });
    expect(told).toMatchObject({ code: 1, stderr: expect.stringContaining('DATA_NOT_FOUND') as unknown });
    expect(existsSync(folder)).toBe(false);
  });

  it.each([
    [['create', 'x'], 2, '--role'],
    [['create', 'x', '--role', 'king'], 2, 'king'],
    [['create', 'x', '--role', 'agent', '--days', '0'], 2, '1 to 3650'],
    [['create', 'x', '--role', 'agent', '--customers', 'a,,b'], 2, 'commas'],
    [['create', 'a\nb', '--role', 'agent'], 2, 'printable'],
    [['create', 'a', '--role', 'agent', '--person', ''], 2, 'printable'],
    [['revoke', '0123456789'], 1, 'KEY_NOT_FOUND'],
  ])('refuses %j', async (args, status, said) => {
    const { code, stderr } = await keys(...args);
    expect([code, stderr]).toEqual([status, expect.stringContaining(said)]);
  });

  describe('pledge history --server', () => {
    const history = (ticket: string, key: string, ...more: readonly string[]) =>
      pledgeHere(newFolder(), ['history', ticket, '--server', api.url, ...more], '', { PLEDGE_KEY: key });

    it.each(['T-1', 'REF-1'])("prints what the command prints on the server's machine, of %s", async (ticket) => {
      const [here, there] = await Promise.all([pledgeHere(folder, ['history', ticket]), history(ticket, api.key)]);
      expect(there).toEqual(here);
      expect(there).toMatchObject({ code: 0, stdout: expect.stringContaining('TicketOpened') });
    });

    it('takes the key from a file, and shows its holder no more than is theirs', async () => {
      const file = join(newFolder(), 'key');
      writeFileSync(file, `${api.newKey('auditor', ['acme'])}\n`);
      const mine = await history('T-1', '', '--key-file', file, '--json');
      expect(mine.code).toBe(0);
      expect(JSON.parse(mine.stdout.split('\n')[0] ?? '')).toMatchObject({ type: 'TicketOpened', revision: 0 });
      expect(await history('G-1', '', '--key-file', file)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('TICKET_NOT_FOUND'),
      });
    });

    it.each([
      ['no key', ['T-1'], '', 'KEY_NOT_GIVEN'],
      ['a key that is none', ['T-1'], 'nonsense', 'UNAUTHENTICATED'],
    ])('refuses %s', async (_, [ticket = ''], key, code) => {
      expect(await history(ticket, key)).toMatchObject({ code: 1, stderr: expect.stringContaining(code) });
    });

    it('says that a server does not answer', async () => {
      const nowhere = await pledgeHere(newFolder(), ['history', 'T-1', '--server', 'http://127.0.0.1:1'], '', {
        PLEDGE_KEY: 'x',
      });
      expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('SERVER_UNAVAILABLE') });
    });
  });
});
