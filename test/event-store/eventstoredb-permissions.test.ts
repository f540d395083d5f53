import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { copyLog, verifyCopy } from '../../src/event-sourcing/copy-log.js';
import { openPledgeContext, rebuildReadModels } from '../../src/app/pledge-context.js';
import { openStoredLog } from '../../src/app/open-event-store.js';
import { all } from '../contract/event-store.contract.js';
import { newFolder } from '../support/api.js';
import { CertificateAuthority } from '../support/certificates.js';
import { ask, requestsOf } from '../support/eventstoredb/admin.js';
import { WireServer } from '../support/eventstoredb/wire-server.js';
import { open, project, settingsOf } from '../support/application-contexts.js';

/** The script of the page, as people copy it, with what it says before it. */
const [, before = '', script = ''] =
  /## Rights\n([^]*?)```sh\n(es=https[^]*?)```/.exec(readFileSync('docs/eventstoredb.md', 'utf8')) ?? [];

/** The setting without which a server does not have what the script asks for. */
const served = { enableAtomPubOverHttp: before.includes('`EnableAtomPubOverHttp: true`') };

let authority: CertificateAuthority;
let server: WireServer;
let folder: string;
beforeAll(() => {
  authority = new CertificateAuthority(newFolder());
});
beforeEach(async () => {
  folder = newFolder();
  const users = { admin: { password: 'changeit' }, other: { password: 'o' } };
  server = await WireServer.start({ users, certificate: authority.issue() });
  for (const request of requestsOf(script, newFolder())) ask(server, request, served);
});
afterEach(() => server.stop());

const openHere = () => openPledgeContext(settingsOf(folder, { EVENT_STORE_URL: server.urlFor('pledge') }), 'test');

/** Opens a ticket in a folder on the server, and lets go. */
async function use(ticket: string): Promise<void> {
  const context = await openHere();
  try {
    await open(context, ticket);
    await project(context);
  } finally {
    await context.close();
  }
}

const said = { $userStreamAcl: { $r: 'pledge', $w: 'pledge', $d: '$admins', $mr: '$admins', $mw: '$admins' } };

describe('the rights that the page gives', () => {
  it('are enough to start, to append, to follow, to build anew and to copy', async () => {
    await use('T-1');
    await use('T-2');
    const url = server.urlFor('pledge');
    const files = { passwordFile: join(folder, 'password'), caFile: authority.file };
    writeFileSync(files.passwordFile, 'change-me\n');
    const { port } = server.wire;
    await rebuildReadModels(settingsOf(folder, { EVENT_STORE_URL: url }));
    const source = await openStoredLog(`kurrentdb://pledge@127.0.0.1:${port}`, 'read', files);
    const inFolder = join(newFolder(), 'copy');
    for (const address of [inFolder, `${url}&streamPrefix=copy-`]) {
      const target = await openStoredLog(address, 'write', files); // this string has its own password
      const options = { signal: new AbortController().signal, progressed: () => undefined };
      const { events } = await copyLog(source.store, target.store, { together: target.together, ...options });
      expect(events).toBeGreaterThan(4);
      try {
        await verifyCopy(source.store, target.store, events, options);
      } finally {
        await target.close();
      }
      if (address === inFolder) server.setAcl('~log', { $w: '$admins' }); // no longer needed, as the page says
    }
    await source.close();
    await use('T-3');
  });

  it("are the user's alone: no other account reads the log or writes to it, and nobody but admins deletes", async () => {
    await use('T-1');
    const as = async <Answer>(user: string, ask: (client: EventStoreDBClient) => Promise<Answer>) => {
      const client = EventStoreDBClient.connectionString(server.urlFor(user));
      return ask(client).finally(() => void client.dispose());
    };
    const denied = { type: 'access-denied' };
    const stream = 'ticket-T-1';
    await expect(
      as('other', (one) => one.appendToStream(stream, [jsonEvent({ type: 'X', data: {} })])),
    ).rejects.toMatchObject(denied);
    await expect(as('other', (one) => all(one.readStream(stream)))).rejects.toMatchObject(denied);
    await expect(as('other', (one) => all(one.readAll()))).rejects.toMatchObject(denied);
    for (const user of ['other', 'pledge']) {
      await expect(as(user, (one) => one.tombstoneStream(stream))).rejects.toMatchObject(denied);
      await expect(as(user, (one) => one.setStreamMetadata(stream, { maxCount: 1 }))).rejects.toMatchObject(denied);
    }
    await as('pledge', (one) => all(one.readStream(stream)));
  });

  it.each<[string, () => void, RegExp]>([
    [
      'to read the whole log',
      () => {
        server.setAcl('$all', { $r: '$admins' });
      },
      /the right to read \$all is missing/,
    ],
    [
      'to read streams',
      () => {
        server.setDefaultAcl({ $userStreamAcl: { ...said.$userStreamAcl, $r: '$admins' } });
      },
      /the right to read ~log is missing/,
    ],
    [
      'to write streams',
      () => {
        server.setDefaultAcl({ $userStreamAcl: { ...said.$userStreamAcl, $w: '$admins' } });
      },
      /the right to write ~log is missing/,
    ],
    [
      'to log in',
      () => {
        server.rights.users?.delete('pledge');
      },
      /the user or the password is wrong/,
    ],
  ])('are all needed at the first start: %s', async (_, take, why) => {
    const url = server.urlFor('pledge');
    take();
    const opening = openPledgeContext(settingsOf(folder, { EVENT_STORE_URL: url }), 'test');
    await expect(opening).rejects.toMatchObject({ code: 'EVENT_STORE_REFUSES', message: expect.stringMatching(why) });
  });

  it.each<[string, () => void, RegExp]>([
    [
      'to read the whole log',
      () => {
        server.setAcl('$all', { $r: '$admins' });
      },
      /the right to read \$all is missing/,
    ],
    [
      'to read streams',
      () => {
        server.setDefaultAcl({ $userStreamAcl: { ...said.$userStreamAcl, $r: '$admins' } });
      },
      /the right to read ticket-T-1 is missing/,
    ],
    [
      'to write streams',
      () => {
        server.setDefaultAcl({ $userStreamAcl: { ...said.$userStreamAcl, $w: '$admins' } });
      },
      /the right to write ticket-T-\d is missing/,
    ],
  ])('are all needed later: %s', async (_, take, why) => {
    await use('T-1');
    const context = await openHere();
    try {
      take();
      const asked = [context.store.lastPosition(), all(context.store.readStream('ticket-T-1')), open(context, 'T-2')];
      const refused = (await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected');
      expect(refused.length).toBeGreaterThan(0);
      for (const answer of refused) expect(answer).toMatchObject({ reason: { code: 'EVENT_STORE_REFUSES' } });
      expect(refused.map((answer) => String((answer as PromiseRejectedResult).reason)).join('\n')).toMatch(why);
    } finally {
      await context.close();
    }
  });
});

describe('the script of the page', () => {
  it('asks for what a server has only with the setting that the page names', () => {
    const [user, ...streams] = requestsOf(script, newFolder());
    if (user !== undefined) ask(server, user);
    for (const request of streams) {
      expect(() => {
        ask(server, request);
      }).toThrow('404');
      ask(server, request, served);
    }
  });

  it('is run by a shell as it stands, and asks three things of the server', () => {
    const requests = requestsOf(script, newFolder());
    expect(requests.map(({ url }) => decodeURIComponent(url.pathname))).toEqual([
      '/users/',
      '/streams/$all/metadata',
      '/streams/$settings',
    ]);
  });
});
