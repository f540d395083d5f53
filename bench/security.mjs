/**
 * What authentication, authorisation and limits cost together: requests a second of the server as it is – its callers
 * known by an API key, and by a token – against the same server put together without them, in turns. Then what a read
 * thread costs a page, and what others meet while somebody attacks; words after the name of the bench choose attacks, and
 * nothing else is done.
 */
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { makeDesk } from './security/desk.mjs';
import { underAttack } from './security/under-attack.mjs';
import { workQueuePages } from './security/work-queue.mjs';
import { inFolder, ofRounds } from './support/measure.mjs';

const connections = 64;
const seconds = 2;
const rounds = 7;

const issuer = 'https://id.example';
const audience = 'pledge';

/** Whoever signs tokens: its keys at an address, and one of its tokens. */
async function identityProvider() {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'bench', alg: 'RS256', use: 'sig' }];
  const server = createServer((_, response) => response.end(JSON.stringify({ keys })));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const token = await new SignJWT({ sub: 'bench', roles: ['admin'] })
    .setProtectedHeader({ alg: 'RS256', kid: 'bench' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime('1h')
    .sign(privateKey);
  const settings = {
    PLEDGE_JWT_ISSUER: issuer,
    PLEDGE_JWT_AUDIENCE: audience,
    PLEDGE_JWKS_URL: `http://127.0.0.1:${server.address().port}/`,
  };
  return { token, settings, stop: () => server.close() };
}

async function serve(folder, environment) {
  const server = fork(fileURLToPath(new URL('security/server.mjs', import.meta.url)), {
    execArgv: ['--max-semi-space-size=64'], // as npm start has it
    env: { ...process.env, ...environment, PLEDGE_DATA: folder },
  });
  const door = await new Promise((resolve, reject) => {
    server.once('message', resolve).once('exit', reject);
  });
  return { ...door, stop: () => server.removeAllListeners('exit').kill() };
}

let number = 0;

const reading = {
  query: `query ($id: ID!) { ticket(id: $id) { reference subject status plan { code }
    clocks { metric state dueAt remainingMs } } }`,
};
const opening = {
  query: `mutation ($input: OpenTicketInput!) { openTicket(input: $input) {
    __typename ... on TicketChanged { position ticket { id } } ... on Rejection { code } } }`,
};
const replying = {
  query: `mutation ($input: MessageInput!) { recordFirstResponse(input: $input) {
    __typename ... on TicketChanged { position ticket { id } } ... on Rejection { code } } }`,
};

/** A ticket's life as a desk sees it: as many reads as writes. */
const steps = [
  (context) => {
    context.id = `T-${number++}`;
    const ticket = { id: context.id, customer: `customer-${number % 400}`, plan: 'pro' };
    const input = { ...ticket, type: 'productBug', channel: 'email', subject: 'It broke' };
    return { ...opening, variables: { input } };
  },
  (context) => ({ ...reading, variables: { id: context.id } }),
  (context) => ({ ...replying, variables: { input: { id: context.id } } }),
  (context) => ({ ...reading, variables: { id: context.id } }),
];

/** Requests a second with so many connections, each doing one step after another. */
async function load({ url, key }, bodies) {
  const refused = [];
  const result = await autocannon({
    url: `${url}/graphql`,
    connections,
    duration: seconds,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    requests: bodies.map((body) => ({
      setupRequest: (request, context) => ({ ...request, body: JSON.stringify(body(context)) }),
      onResponse: (status, text) => {
        if (status !== 200 || /Rejection|"errors"/.test(text)) refused.push(text);
      },
    })),
  });
  if (refused.length + result.errors > 0) throw new Error(`${result.errors} failed; refused: ${refused[0]}`);
  return result.requests.average;
}

async function costOfDoors() {
  const provider = await identityProvider();
  return inFolder(async (folder) => {
    const open = await serve(`${folder}/open`, { PLEDGE_BENCH_DOORS: 'open' });
    const byKey = await serve(`${folder}/key`, {});
    const byToken = { ...(await serve(`${folder}/token`, provider.settings)), key: provider.token };
    const requestLimits = { open, byKey, byToken };
    try {
      const results = [];
      for (let round = -1; round < rounds; round++) {
        const result = {};
        for (const [name, door] of Object.entries(requestLimits)) result[name] = await load(door, steps);
        if (round >= 0) results.push(result); // the first warms up
      }
      const of = (name) => ofRounds(results.map((result) => result[name]));
      const share = (name) => ofRounds(results.map((result) => result[name] / result.open));
      return [
        { name: 'without identity, permissions and limits', ...of('open'), unit: 'requests/s' },
        { name: 'as it is, by API key', ...of('byKey'), unit: 'requests/s' },
        { name: 'as it is, by token', ...of('byToken'), unit: 'requests/s' },
        { name: 'as it is / without, by API key', ...share('byKey'), unit: '×', target: 0.8 },
        { name: 'as it is / without, by token', ...share('byToken'), unit: '×', target: 0.8 },
      ];
    } finally {
      for (const { stop } of Object.values(requestLimits)) stop();
      provider.stop();
    }
  });
}

/** What others meet, and what a page costs, at a desk of many tickets. */
const atDesk = (words) =>
  inFolder(async (folder) => {
    const keys = await makeDesk(folder);
    const pages = words.length > 0 ? [] : await workQueuePages(folder);
    return [...pages, ...(await underAttack(folder, keys, words))];
  });

export async function bench(words) {
  return words.length > 0 ? atDesk(words) : [...(await costOfDoors()), ...(await atDesk(words))];
}
