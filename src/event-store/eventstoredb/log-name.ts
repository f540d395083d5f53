import { randomBytes } from 'node:crypto';
import { WrongExpectedVersionError } from '@eventstore/db-client';
import { type Appended } from '../../event-sourcing/event-store.js';
import { newId } from '../../event-sourcing/new-id.js';
import { type Order } from './append-call.js';
import { logStream } from './events.js';
import { unavailable } from './failures.js';
import { type Reads } from './reads.js';
import { readStreamFrom } from './requests.js';

/**
 * The id of the log, from the log itself: the first who looks gives it one, in a stream of its own. Of two who do so at
 * once the server lets one. @throws Rejection `EVENT_STORE_UNAVAILABLE`
 */
export async function nameOfLog(
  reads: Reads,
  append: (order: Order) => Promise<Appended>,
  signal: AbortSignal,
): Promise<string> {
  const given = await readName(reads, signal);
  if (given !== undefined) return given;
  const data = JSON.stringify({ logId: randomBytes(6).toString('hex') });
  const named = { id: newId(), type: 'LogNamed', data, metadata: '{}' };
  try {
    await append({ stream: logStream, expected: 'noStream', events: [named] });
  } catch (error) {
    if (!(error instanceof WrongExpectedVersionError)) throw error;
  }
  const name = await readName(reads, signal);
  if (name === undefined) throw unavailable('its log has no name yet');
  return name;
}

async function readName(reads: Reads, signal: AbortSignal): Promise<string | undefined> {
  for await (const responses of reads.responses(() => readStreamFrom(logStream, 0), signal)) {
    for (const response of responses) {
      const data = response.getEvent()?.getEvent()?.getData_asU8();
      if (data === undefined) continue;
      return (JSON.parse(Buffer.from(data).toString('utf8')) as { readonly logId: string }).logId;
    }
  }
  return undefined;
}
