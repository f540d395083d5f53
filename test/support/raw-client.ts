import WebSocket from 'ws';

const timers = [
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
  'setImmediate',
  'clearImmediate',
] as const;
/** What is not to be faked where some timers are. */
export const allBut = (...faked: readonly string[]) => [
  ...(['nextTick', 'queueMicrotask', 'Date', 'hrtime', 'performance'] as const),
  ...timers.filter((timer) => !faked.includes(timer)),
];

export interface Message {
  readonly type: string;
  readonly payload?: unknown;
}

/** A client that says what a test says, and reads when a test lets it. */
export async function rawClient(url: string, key: string, options: WebSocket.ClientOptions = {}) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', options);
  const messages: Message[] = [];
  let came: () => void = () => undefined;
  socket.on('message', (data: Buffer) => {
    messages.push(JSON.parse(data.toString()) as Message);
    came();
  });
  await new Promise((resolve) => socket.once('open', resolve));
  /** Waits for a message of some type; answers it with all that came before. */
  const until = async (type: string) => {
    for (;;) {
      const at = messages.findIndex((message) => message.type === type);
      if (at >= 0) return messages.splice(0, at + 1);
      await new Promise<void>((resolve) => (came = resolve));
    }
  };
  const send = (message: object) => {
    socket.send(JSON.stringify(message));
  };
  send({ type: 'connection_init', payload: { authorization: `Bearer ${key}` } });
  await until('connection_ack');
  return { socket, send, until };
}
