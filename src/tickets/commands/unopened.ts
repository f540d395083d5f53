import { type Rejection } from '../../event-sourcing/rejection.js';
import { type AnyTicketCommand } from '../domain/commands.js';
import { type RequestOutcome } from './request-outcome.js';
import { OpenedBefore, openingRejected, opens } from './opening-rejected.js';

/** A set of texts, in memory or on disk. */
export interface Texts {
  has(text: string): boolean;
  add(text: string): unknown;
}

/** The tickets that a request or an import was to open, and did not. What else it says of them may be about other tickets. */
export class Unopened {
  constructor(private readonly refused: Texts = new Set<string>()) {}

  /** A ticket that was to be opened by itself, or as one that is split off. */
  add(ticket: string, by: 'opening' | 'split'): void {
    this.refused.add(`${by} ${ticket}`);
  }

  /** Remembers which ticket a failure leaves unopened, if any: the one itself, or the one that was to be split off. */
  remember(command: AnyTicketCommand, ticket: string, why: unknown): void {
    if (command.type === 'SplitTicket') this.add(command.into, 'split');
    else if (opens(command) && !(why instanceof OpenedBefore)) this.add(ticket, 'opening');
  }

  /** Whether all requests about a ticket are refused. */
  refusesAllOf(ticket: string): boolean {
    return this.refused.has(`opening ${ticket}`);
  }

  /**
   * Why a command is refused for its ticket, or for the one that it merges into; undefined where it is not. A refused split does
   * not count if the ticket also has an opening of its own.
   */
  objection(command: AnyTicketCommand, ticket: string, hasOwnOpening = false): Rejection | undefined {
    if (opens(command)) return undefined;
    if (this.isRefused(ticket, hasOwnOpening)) return openingRejected(ticket);
    const isLost = command.type === 'MergeTicket' && this.isRefused(command.into, false);
    return isLost ? openingRejected(command.into) : undefined;
  }

  private isRefused(ticket: string, hasOwnOpening: boolean): boolean {
    return this.refusesAllOf(ticket) || (!hasOwnOpening && this.refused.has(`split ${ticket}`));
  }
}

/** Tries the requests about one ticket that nothing objects to. Answers an outcome for each request, in their order. */
export async function heeding<Request extends { readonly command: AnyTicketCommand }>(
  unopened: Unopened,
  { ticket, hasOwnOpening }: { readonly ticket: string; readonly hasOwnOpening: boolean },
  requests: readonly Request[],
  attempt: (requests: readonly Request[]) => Promise<readonly RequestOutcome[]>,
): Promise<readonly RequestOutcome[]> {
  const objections = new Map<Request, Rejection>();
  for (const request of requests) {
    const objection = unopened.objection(request.command, ticket, hasOwnOpening);
    if (objection !== undefined) objections.set(request, objection);
  }
  const tried = objections.size === 0 ? requests : requests.filter((request) => !objections.has(request));
  const came = tried.length === 0 ? [] : await attempt(tried);
  let next = 0;
  return requests.flatMap((request) => {
    const rejection = objections.get(request);
    const outcome: RequestOutcome | undefined =
      rejection === undefined ? came[next++] : { kind: 'rejected', rejection };
    if (outcome?.kind === 'rejected') unopened.remember(request.command, ticket, outcome.rejection);
    return outcome ?? [];
  });
}
