import { type IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';
import { TimeSlice } from '../../event-sourcing/yield-to-event-loop.js';

/*
 * In one turn of the event loop Node reads up to two megabytes of every connection, and accepts one that is new. While two hundred
 * large bodies came so, a new connection waited for seconds. So they come by pieces, and each piece waits for its turn.
 */

/** A body of fewer bytes comes as fast as it can: it is there in one piece, or in a few. */
export const freeBytes = 256 * 1024;

/**
 * A body by pieces; its end waits for a turn too, for then it is put together and read.
 * @param take asked at each piece, with the bytes that have come so far; where it says no, the rest of the body is thrown away
 * @param who whose body it is
 */
export function paced(body: IncomingMessage, take: (came: number) => boolean, who: string | undefined): Transform {
  const turns = new TimeSlice(who);
  let came = 0;
  const pieces = new Transform({
    transform(chunk: Buffer, _, next) {
      came += chunk.length;
      if (!take(came)) {
        body.unpipe(pieces);
        discard(body, who);
      } else if (came > freeBytes) {
        void turns.yieldForMore().then(() => {
          next(null, chunk);
        });
      } else next(null, chunk);
    },
    flush(done) {
      if (came <= freeBytes) done();
      else
        void turns.yieldForMore().then(() => {
          done();
        });
    },
  });
  body.once('error', (error) => pieces.destroy(error));
  return body.pipe(pieces);
}

/** Throws away what is still to come of a body, by pieces: whoever sends it reads our answer once all is sent. */
export function discard(body: IncomingMessage, who: string | undefined): void {
  const turns = new TimeSlice(who);
  body.on('data', () => {
    body.pause();
    void turns.yieldForMore().then(() => body.resume());
  });
  body.resume();
}
