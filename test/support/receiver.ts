import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** A message as a receiver of webhooks takes it. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** What happened, and to which ticket. */
  readonly said: string;
}

/** A status to answer with, or what to do in place of an answer. */
export type Reply = number | ((response: ServerResponse) => void);

interface Payload {
  readonly type: string;
  readonly data: { readonly ticket?: string };
}

const read = async (request: IncomingMessage) => {
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += String(part);
  return body;
};

/** A receiver of webhooks on this machine. It answers 200, or what a test says. */
export async function receiver(reply: (received: Received) => Reply = () => 200) {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  let answer = reply;
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const { type, data } = JSON.parse(body) as Payload;
      const message = {
        path: request.url ?? '',
        headers: request.headers,
        body,
        said: `${data.ticket ?? '-'} ${type}`,
      };
      received.push(message);
      const how = answer(message);
      if (typeof how === 'number') response.writeHead(how).end();
      else how(response);
      for (const look of [...waiting]) look();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    said: () => received.map(({ said }) => said),
    answer: (how: (message: Received) => Reply) => {
      answer = how;
    },
    /** Resolves when so many messages have come in all. */
    came: (count: number) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (received.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

export type Receiver = Awaited<ReturnType<typeof receiver>>;

/** Whether a message is signed with a secret, by the library that receivers use, at whatever time it was sent. */
export function isSigned({ headers, body }: Received, secret: string): boolean {
  const id = String(headers['webhook-id']);
  const at = new Date(Number(headers['webhook-timestamp']) * 1_000);
  const signature = new Webhook(secret).sign(id, at, body);
  return String(headers['webhook-signature']).split(' ').includes(signature);
}
