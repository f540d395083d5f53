import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { type Readable } from 'node:stream';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { answerTooLarge } from '../answer-size.js';
import { type RequestLimits } from '../request-limits.js';
import { HeldBytes, type Hold } from '../held-bytes.js';
import { aboutRequest } from '../about-refusal.js';
import { errorBody } from '../exception-filter.js';
import { discard, paced } from './paced-body.js';

/** Requests and answers of fewer bytes are let pass: rates limit how many there are. */
const smallBytes = 16 * 1024;

const tooMany = {
  code: 'TOO_MANY_BYTES',
  ofRequests: 'You have too many bytes in progress already; send fewer requests at a time.',
  ofAnswers: 'You have too many unread answers. The changes were made.',
};

/** What is let go of when an answer is done with, or its connection: an answer behind others hears nothing of its end. */
class Holds {
  private readonly bySocket = new WeakMap<Socket, Set<() => void>>();

  until(socket: Socket, answer: ServerResponse, release: () => void): void {
    const held = this.bySocket.get(socket) ?? this.of(socket);
    const once = () => {
      if (held.delete(once)) release();
    };
    held.add(once);
    answer.once('close', once);
  }

  private of(socket: Socket): Set<() => void> {
    const held = new Set<() => void>();
    this.bySocket.set(socket, held);
    socket.once('close', () => {
      for (const once of [...held]) once();
    });
    return held;
  }
}

/** A body, counted as it comes: what was only announced holds nothing. */
function counted(body: IncomingMessage, hold: Hold, who: string | undefined, refuse: () => void): Readable {
  let held = 0;
  const take = (came: number) => {
    if (came <= smallBytes) return true;
    const isTaken = hold.add(came - held);
    if (isTaken) held = came;
    else refuse();
    return isTaken;
  };
  return paced(body, take, who);
}

/** Limits what a caller holds of our memory, once it is known who it is: bodies on their way, and answers not read yet. */
export function limitHeld(server: FastifyInstance, { limits, log }: RequestLimits): void {
  const held = new HeldBytes(limits.heldBytes);
  const holds = new Holds();

  /** What is held until a request is done with. */
  function begin({ identity, raw: { socket } }: FastifyRequest, reply: FastifyReply): Hold {
    const hold = held.begin(identity?.actor.id ?? 'nobody');
    holds.until(socket, reply.raw, () => {
      hold.release();
    });
    // Where nobody waits for it, nothing more comes, and it is let go of at once.
    return { ...hold, add: (bytes) => socket.destroyed || hold.add(bytes) };
  }
  function refused(request: FastifyRequest, message: string, code: string) {
    const id = randomUUID();
    log({ level: 'warn', id, code, ...aboutRequest(request) });
    return errorBody(message, code, id);
  }

  server.addHook('preParsing', (request, reply, _, done) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    const announced = encoding === undefined ? Number(length ?? 0) : Infinity;
    const isRefusedLater = encoding === undefined && announced > limits.bodyBytes;
    if (announced <= smallBytes || isRefusedLater) {
      done();
      return;
    }
    const refuse = () => {
      void reply
        .status(429)
        .header('retry-after', 1)
        .send(refused(request, tooMany.ofRequests, tooMany.code));
    };
    done(null, counted(request.raw, begin(request, reply), request.identity?.actor.id, refuse));
  });

  // Answered before it has come whole: Node would read the rest as fast as it comes.
  server.addHook('onSend', ({ raw, identity }, _, payload, done) => {
    if (!raw.complete && raw.listenerCount('data') === 0) discard(raw, identity?.actor.id);
    done(null, payload);
  });

  server.addHook('onSend', (request, reply, payload, done) => {
    if (typeof payload !== 'string' || payload.length <= smallBytes) {
      done(null, payload);
      return;
    }
    const isTooLarge = payload.length > limits.answerChars;
    if (!isTooLarge && begin(request, reply).add(payload.length)) {
      done(null, payload);
      return;
    }
    const body = isTooLarge
      ? refused(request, answerTooLarge.message, answerTooLarge.code)
      : refused(request, tooMany.ofAnswers, tooMany.code);
    void reply.removeHeader('content-length').status(429);
    done(null, JSON.stringify(body));
  });
}
