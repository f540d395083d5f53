import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/** Random bytes in stock: asking the system for sixteen at a time costs more than all else about an id. */
const pool = new Uint8Array(4096);
let used = pool.length;

function random(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 16;
  return pool.slice(used - 16, used);
}

/** A new UUIDv7: ids made later sort later. */
export const newId = (): string => v7({ rng: random });
