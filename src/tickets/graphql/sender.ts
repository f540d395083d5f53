import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type RequestContext } from '../../auth/requires.js';
import { Unopened } from '../commands/unopened.js';

/** Who sent a request, and the tickets that it was to open and did not: one document may hold many mutations. */
export interface Sender extends RequestContext {
  unopened?: Unopened;
}

/** The sender of a request, as a parameter of a resolver's method. */
export const From = createParamDecorator((_: unknown, host: ExecutionContext) => host.getArgByIndex<Sender>(2));

/** What a request left unopened; made with the first refusal, for most have none. */
export const unopenedBy = (sender: Sender): Unopened => (sender.unopened ??= new Unopened());
