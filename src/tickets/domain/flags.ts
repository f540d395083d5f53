import { type Fact } from './facts.js';
import { isAlreadySo, isLink, type TicketState, objection, type QualityFlag } from './ticket-state.js';

/** What a reader should know of a fact, by how the ticket stood before it. */
export function flagsOn(before: TicketState | undefined, fact: Fact): readonly QualityFlag['flag'][] {
  const isIdle =
    before !== undefined &&
    !isLink(before, fact) &&
    (objection(before, fact.type) !== undefined || isAlreadySo(before, fact));
  if (fact.clamped === undefined) return isIdle ? withoutEffect : none;
  return isIdle ? [fact.clamped, 'withoutEffect'] : [fact.clamped];
}

const none: readonly [] = [];
const withoutEffect = ['withoutEffect'] as const;
