/** How attackers ask. */
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { platform } from 'node:os';

/** An address of their own, for rates go by address; Linux has all that begin with 127. */
export const localAddress = platform() === 'linux' ? '127.0.0.2' : undefined;
const agent = new Agent({ keepAlive: true, localAddress });
const patienceMs = 60_000;

/** What an answer says, in a word: its first code, or its status. */
const wordOf = (status, text) => /"code":"([A-Z_]+)"/.exec(text.slice(0, 5_000))?.[1] ?? String(status);

/** Sends a body to the API under somebody's key; answers the text. */
export function send({ url, answered }, key, body) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  return new Promise((resolve) => {
    const over = (word, text = '') => {
      answered(word);
      resolve(text);
    };
    const sent = request(`${url}/graphql`, { agent, method: 'POST', headers, timeout: patienceMs }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => over(wordOf(response.statusCode, text), text));
      response.on('error', (error) => over(error.code));
    });
    sent.on('error', (error) => over(error.code));
    sent.on('timeout', () => sent.destroy());
    sent.end(body);
  });
}

/** Asks with variables. */
export const ask = (door, key, query, variables = {}) => send(door, key, JSON.stringify({ query, variables }));

/** A bare connection. */
export function open({ url }) {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), localAddress });
  socket.on('error', () => undefined);
  return socket;
}

/** The head of a request for the API with so long a body. */
export const headOf = (key, length) =>
  `POST /graphql HTTP/1.1\r\nHost: pledge\r\nContent-Type: application/json\r\nAuthorization: Bearer ${key}\r\n` +
  `Content-Length: ${length}\r\n\r\n`;

/** So many times the same, each with its number. */
export const times = (count, each) => Array.from({ length: count }, (_, n) => each(n));
