import { type PauseReason } from '../../catalogue/domain/plan.js';
import { Directory } from '../../event-sourcing/directory.js';
import { type Received } from './facts.js';
import { type TicketState, type TicketStatus, type Wait } from './ticket-state.js';

type Waits = readonly (readonly [PauseReason, Wait])[];

/** A state as JSON has it. */
type Kept = Omit<TicketState, 'waits' | 'beforeCancel' | 'received' | 'splitInto'> & {
  readonly waits: Waits;
  readonly beforeCancel: { readonly status: TicketStatus; readonly waits: Waits } | null;
  readonly received: readonly (readonly [string, Received])[];
  readonly splitInto: readonly string[];
};

/** A state as JSON, for a row to keep. */
export function stateToJson(state: TicketState): string {
  const { waits, beforeCancel: before, received, splitInto } = state;
  const beforeCancel = before === null ? null : { ...before, waits: [...before.waits] };
  const others = { received: [...received], splitInto: [...splitInto.keys()] };
  return JSON.stringify({ ...state, waits: [...waits], beforeCancel, ...others });
}

export function stateFromJson(json: string): TicketState {
  const kept = JSON.parse(json) as Kept;
  let [received, splitInto]: [Directory<Received>, Directory<true>] = [Directory.empty, Directory.empty];
  for (const [id, message] of kept.received) received = received.with(id, message);
  for (const id of kept.splitInto) splitInto = splitInto.with(id, true);
  const { beforeCancel: before } = kept;
  const beforeCancel = before === null ? null : { ...before, waits: new Map(before.waits) };
  return Object.assign(kept, { waits: new Map(kept.waits), beforeCancel, received, splitInto });
}
