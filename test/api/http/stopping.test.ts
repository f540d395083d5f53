import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import { Api } from '../../support/api.js';

it('says in GraphQL that the server stops, on a connection that is open still', async () => {
  const api = await Api.start('2026-03-02T09:00:00Z');
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
  const body = JSON.stringify({ query: '{ __typename }' });
  const head = ['content-type: application/json', `content-length: ${body.length}`, 'expect: 100-continue'];
  socket.write(['POST /graphql HTTP/1.1', 'host: pledge', ...head, '', body.slice(0, 5)].join('\r\n'));
  await once(socket, 'data'); // the server has the request, and waits for the rest
  const ended = api.end();
  const answered = text(socket);
  socket.write(`${body.slice(5)}GET /health HTTP/1.1\r\nhost: pledge\r\n\r\n`);
  const [, last = ''] = (await answered).split('HTTP/1.1 503 Service Unavailable\r\n');
  await ended;
  const [headers = '', said = ''] = last.split('\r\n\r\n');
  expect(headers.toLowerCase()).toMatch(/^retry-after: 1$/m);
  expect(headers.toLowerCase()).toMatch(/^connection: close$/m);
  expect(JSON.parse(said)).toEqual({
    errors: [{ message: 'The server is stopping.', extensions: { code: 'SERVER_STOPPING', id: expect.any(String) } }],
  });
});
