import { StorageFault } from './storage-fault.js';

/** How long a question waits for the log, in milliseconds. Commands wait longer, since they may not be sent again. */
export const soonMs = 5_000;

/**
 * What the log answers soon. Who only looks is told that it does not, and looks again.
 * @throws StorageFault `EVENT_STORE_UNAVAILABLE`
 */
export async function soon<Answer>(answer: Promise<Answer>, ms = soonMs): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new StorageFault('EVENT_STORE_UNAVAILABLE', 'The event store does not answer.'));
    }, ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
