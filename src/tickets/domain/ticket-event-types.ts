import { type NewEvent } from '../../event-sourcing/event-store.js';
import { type PinnedVersions } from '../../clocks/pinned-versions.js';
import { type OutcomeType } from '../../clocks/outcome.js';
import { type OutcomeData } from './ticket-clocks.js';
import { type Common, type FactData, type FactType } from './facts.js';

/** A fact as it is recorded. */
export type FactEvent = {
  [Type in FactType]: NewEvent<Type, Common & { readonly terms: PinnedVersions } & FactData[Type]>;
}[FactType];

/** What became of a clock, recorded with the fact that caused it. */
export type OutcomeEvent = { [Type in OutcomeType]: NewEvent<Type, OutcomeData> }[OutcomeType];

export type TicketEvent = FactEvent | OutcomeEvent;

/** The stream of a ticket. */
export const ticketStream = (id: string): string => `ticket-${id}`;
