import { type PauseReason } from '../../catalogue/domain/plan.js';
import { type Instant } from '../../business-time/calendar.js';
import { Directory } from './directory.js';
import { type Received } from './facts.js';
import { type Life } from './ticket-state.js';

/** A life as JSON has it. */
type Kept = Omit<Life, 'waits' | 'received' | 'splitInto'> & {
  readonly waits: readonly (readonly [PauseReason, Instant])[];
  readonly received: readonly (readonly [string, Received])[];
  readonly splitInto: readonly string[];
};

/** A life as JSON, for a row to keep. */
export function lifeToJson(life: Life): string {
  const { waits, received, splitInto } = life;
  return JSON.stringify({ ...life, waits: [...waits], received: [...received], splitInto: [...splitInto.keys()] });
}

export function lifeFromJson(json: string): Life {
  const kept = JSON.parse(json) as Kept;
  let [received, splitInto]: [Directory<Received>, Directory<true>] = [Directory.empty, Directory.empty];
  for (const [id, said] of kept.received) received = received.with(id, said);
  for (const id of kept.splitInto) splitInto = splitInto.with(id, true);
  return Object.assign(kept, { waits: new Map(kept.waits), received, splitInto });
}
