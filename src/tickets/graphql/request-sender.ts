import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type RequestContext } from '../../auth/requires.js';
import { Unopened } from '../commands/unopened.js';
import { type ReportedType } from '../domain/facts.js';

/** Who sent a request, and the tickets that it was to open and did not: one document may hold many mutations. */
export interface Sender extends RequestContext {
  unopened?: Unopened;
}

/** The sender of a request, as a parameter of a resolver's method. */
export const From = createParamDecorator((_: unknown, host: ExecutionContext) => host.getArgByIndex<Sender>(2));

/** What a request left unopened; made with the first refusal, for most have none. */
export const unopenedBy = (sender: Sender): Unopened => (sender.unopened ??= new Unopened());

/** Fields of a report that name a ticket which it opens, as they came in: they may be wrong. */
interface Opening {
  readonly ticket?: unknown;
  readonly into?: unknown;
}

/** Remembers what a report was to open that failed as a whole. The mutations after it are carried out all the same. */
export function rememberFailed(sender: Sender, type: ReportedType, { ticket, into }: Opening): void {
  if (type === 'TicketOpened' && typeof ticket === 'string') unopenedBy(sender).add(ticket, 'opening');
  if (type === 'TicketSplit' && typeof into === 'string') unopenedBy(sender).add(into, 'split');
}
