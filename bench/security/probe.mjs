/**
 * A client that asks so often, whatever became of what it asked before: for `/health` and for a ticket, and a server that does
 * nothing else the same, to tell how late the machine itself is. Told `begin`, it forgets; told `end`, it says the
 * slowest, and the most that the server's main thread worked between a question and its answer: a machine that has nothing else
 * to do would take so long.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { idOf } from '../support/source.mjs';

const everyMs = 100;
const [url, idleUrl, key, pid] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });
const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
const query = JSON.stringify({ query: `{ ticket(id: "${idOf('T-1')}") { status subject } }` });

/** What is asked, and what the answer has to have. */
const questions = {
  health: { url: `${url}/health`, method: 'GET', says: '"status":"ok"' },
  query: { url: `${url}/graphql`, method: 'POST', headers, body: query, says: '"status":"OPEN"' },
  idle: { url: idleUrl, method: 'GET', says: 'idle' },
};

/** How long the server's main thread has had a core so far, in ms; Linux counts it. */
function workedMs() {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return 0;
  }
}

let slowest;
let wrong;
let waiting;

function begin() {
  slowest = { health: 0, query: 0, idle: 0, worked: 0 };
  wrong = [];
  waiting = new Set();
}

function count(into, { name, at, worked }) {
  into[name] = Math.max(into[name], performance.now() - at);
  if (name !== 'idle') into.worked = Math.max(into.worked, workedMs() - worked);
}

function ask(name, { url, says, body, ...options }) {
  const asked = { name, at: performance.now(), worked: workedMs() };
  const [counted, missed, open] = [slowest, wrong, waiting];
  open.add(asked);
  const over = (fault) => {
    if (!open.delete(asked)) return;
    count(counted, asked);
    if (fault !== undefined) missed.push(`${name}: ${fault}`);
  };
  const sent = request(url, { agent, ...options }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    response.on('end', () => over(text.includes(says) ? undefined : `${response.statusCode} ${text.slice(0, 200)}`));
    response.on('error', (error) => over(error.message));
  });
  sent.on('error', (error) => over(error.message));
  sent.end(body);
}

begin();
setInterval(() => {
  for (const [name, question] of Object.entries(questions)) ask(name, question);
}, everyMs);

process.on('message', (message) => {
  if (message === 'begin') return begin();
  for (const asked of waiting) count(slowest, asked);
  process.send({ slowest, wrong: wrong.slice(0, 3) });
});
process.on('disconnect', () => process.exit());
process.send('ready');
