import { type PauseReason } from '../../catalogue/domain/plan.js';
import { Directory } from './directory.js';
import { type Received } from './facts.js';
import { type TicketState, type Wait } from './ticket-state.js';

/** A state as JSON has it. */
type Kept = Omit<TicketState, 'waits' | 'received' | 'splitInto'> & {
  readonly waits: readonly (readonly [PauseReason, Wait])[];
  readonly received: readonly (readonly [string, Received])[];
  readonly splitInto: readonly string[];
};

/** A state as JSON, for a row to keep. */
export function stateToJson(state: TicketState): string {
  const { waits, received, splitInto } = state;
  return JSON.stringify({ ...state, waits: [...waits], received: [...received], splitInto: [...splitInto.keys()] });
}

export function stateFromJson(json: string): TicketState {
  const kept = JSON.parse(json) as Kept;
  let [received, splitInto]: [Directory<Received>, Directory<true>] = [Directory.empty, Directory.empty];
  for (const [id, message] of kept.received) received = received.with(id, message);
  for (const id of kept.splitInto) splitInto = splitInto.with(id, true);
  return Object.assign(kept, { waits: new Map(kept.waits), received, splitInto });
}
