/** Connections without end, and sockets that do not say whose they are. */
import { randomBytes } from 'node:crypto';
import { open } from '../ask.mjs';

const second = () => new Promise((resolve) => setTimeout(resolve, 1_000));

const upgrade = () =>
  `GET /graphql HTTP/1.1\r\nHost: pledge\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
  `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n`;

/** A frame of text that is not the last of its message; its mask is of zeros. */
const unfinished = (() => {
  const payload = Buffer.alloc(4_100_000, 'a');
  const head = Buffer.alloc(14);
  head[0] = 1;
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
})();

/** A connection that sends something and goes when it is closed, or after some seconds. */
async function hold(door, send, seconds) {
  const socket = open(door);
  const gone = new Promise((resolve) => socket.once('close', resolve));
  socket.once('data', (head) => door.answered(/^HTTP\/1.1 (\d+)/.exec(head)?.[1] ?? 'data'));
  socket.resume();
  send(socket);
  const late = setTimeout(() => socket.destroy(), seconds * 1_000);
  await gone;
  clearTimeout(late);
  door.answered('gone');
  await second();
}

export const connections = [
  {
    name: 'unfinished messages of strangers',
    mostMiB: 600,
    width: 500,
    attack: (door) =>
      hold(
        door,
        (socket) => {
          socket.write(upgrade());
          socket.once('data', () => socket.write(unfinished));
        },
        6,
      ),
  },
  {
    name: 'connections that say nothing',
    mostMiB: 500,
    width: 1_500,
    attack: (door) => hold(door, () => undefined, 6),
  },
  {
    name: 'bodies that do not end',
    mostMiB: 800,
    width: 200,
    attack: (door) =>
      hold(
        door,
        (socket) => {
          socket.write(
            `POST /graphql HTTP/1.1\r\nHost: pledge\r\nContent-Type: application/json\r\nContent-Length: 4000001\r\n` +
              `Authorization: Bearer ${door.keys.dashboard}\r\n\r\n`,
          );
          socket.write(Buffer.alloc(4_000_000, ' '));
        },
        6,
      ),
  },
];
