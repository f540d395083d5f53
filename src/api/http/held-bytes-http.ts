import { randomUUID } from 'node:crypto';
import { type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { answerTooLarge } from '../answer-size.js';
import { type RequestLimits } from '../request-limits.js';
import { HeldBytes } from '../held-bytes.js';
import { errorBody } from '../exception-filter.js';

/** Requests and answers of fewer bytes are let pass: rates limit how many there are. */
const smallBytes = 16 * 1024;

const tooMany = {
  code: 'TOO_MANY_BYTES',
  ofRequests: 'Too many bytes of yours are under way already; send fewer requests at a time.',
  ofAnswers: 'Too many answers wait until you read them. What was to be changed is changed.',
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

/** Limits what a caller holds of our memory, once it is known who it is: bodies on their way, and answers not read yet. */
export function limitHeld(server: FastifyInstance, { limits, log }: RequestLimits): void {
  const held = new HeldBytes(limits.heldBytes);
  const holds = new Holds();
  const callerOf = ({ identity }: FastifyRequest) => identity?.actor.id ?? 'nobody';

  /** Whether so many bytes may be held until a request is done with. */
  function hold(request: FastifyRequest, reply: FastifyReply, bytes: number): boolean {
    if (bytes <= smallBytes) return true;
    const { socket } = request.raw;
    if (socket.destroyed) return true; // nobody waits for it
    const release = held.take(callerOf(request), bytes);
    if (release !== undefined) holds.until(socket, reply.raw, release);
    return release !== undefined;
  }
  function refused(message: string, code: string) {
    const id = randomUUID();
    log({ level: 'warn', id, code });
    return errorBody(message, code, id);
  }

  server.addHook('preParsing', (request, reply, _, done) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    const bytes = encoding === undefined ? Number(length ?? 0) : limits.bodyBytes;
    if (bytes > limits.bodyBytes || hold(request, reply, bytes)) done();
    else void reply.status(429).header('retry-after', 1).send(refused(tooMany.ofRequests, tooMany.code));
  });

  server.addHook('onSend', (request, reply, payload, done) => {
    if (typeof payload !== 'string' || payload.length <= smallBytes) {
      done(null, payload);
      return;
    }
    const isTooLarge = payload.length > limits.answerChars;
    if (!isTooLarge && hold(request, reply, payload.length)) {
      done(null, payload);
      return;
    }
    const body = isTooLarge
      ? refused(answerTooLarge.message, answerTooLarge.code)
      : refused(tooMany.ofAnswers, tooMany.code);
    void reply.removeHeader('content-length').status(429);
    done(null, JSON.stringify(body));
  });
}
