import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { discard, freeBytes, paced } from '../../../src/api/http/paced-body.js';

/** What Node reads of a connection at a time. */
const pieceBytes = 64 * 1024;
const large = Buffer.alloc(3 * 1024 * 1024, 'largest ');

let server: Server;
let isOver = false;
let bytesInTurn = 0;
let mostInTurn = 0;

/** Counts what came in each turn of the event loop. */
const countTurns = () => {
  mostInTurn = Math.max(mostInTurn, bytesInTurn);
  bytesInTurn = 0;
  if (!isOver) setImmediate(countTurns);
};

async function serve(answer: (body: IncomingMessage, response: ServerResponse) => void): Promise<void> {
  [isOver, bytesInTurn, mostInTurn] = [false, 0, 0];
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  countTurns();
}

afterEach(async () => {
  isOver = true;
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

async function send(body: Buffer): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const sent = request({ host: '127.0.0.1', port, method: 'POST' });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text;
}

const hashOf = (body: Buffer) => createHash('sha256').update(body).digest('hex');

/** Answers the hash of a body; of what comes beyond what is free it counts what comes in a turn. */
function answerHash(body: IncomingMessage, response: ServerResponse): void {
  const hash = createHash('sha256');
  let came = 0;
  paced(body, () => true, 'mia')
    .on('data', (chunk: Buffer) => {
      hash.update(chunk);
      came += chunk.length;
      if (came > freeBytes) bytesInTurn += chunk.length;
    })
    .on('end', () => response.end(hash.digest('hex')));
}

describe('bodies of requests', () => {
  it('come as they were sent, large ones and small ones', async () => {
    await serve(answerHash);
    for (const bytes of [0, 1, pieceBytes, freeBytes, freeBytes + 1, large.length]) {
      const body = large.subarray(0, bytes);
      expect(await send(body)).toBe(hashOf(body));
    }
  });

  it('come by one piece in a turn of the event loop, however many large ones there are', async () => {
    await serve(answerHash);
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(large)));
    expect(new Set(answers)).toEqual(new Set([hashOf(large)]));
    expect(mostInTurn).toBeGreaterThan(0);
    expect(mostInTurn).toBeLessThanOrEqual(2 * pieceBytes);
  });

  it('that are not taken are thrown away as slowly, and whoever sent them is answered', async () => {
    await serve((body, response) => {
      body.on('data', (chunk: Buffer) => (bytesInTurn += chunk.length));
      paced(body, (came) => came <= 100_000, 'mia').on('data', () => undefined);
      response.end('too many');
    });
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(large)));
    expect(new Set(answers)).toEqual(new Set(['too many']));
    expect(mostInTurn).toBeGreaterThan(0);
    expect(mostInTurn).toBeLessThanOrEqual(40 * pieceBytes); // of each a piece, and one that stood ready; Node would read 32
  });

  it('that nobody reads are thrown away as slowly, and the connection goes on', async () => {
    await serve((body, response) => {
      response.setHeader('connection', 'keep-alive');
      if (body.headers['content-length'] !== '0') discard(body, undefined);
      body.on('data', (chunk: Buffer) => (bytesInTurn += chunk.length));
      response.end('refused');
    });
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(large)));
    expect(new Set(answers)).toEqual(new Set(['refused']));
    expect(mostInTurn).toBeLessThanOrEqual(40 * pieceBytes);
  });
});
