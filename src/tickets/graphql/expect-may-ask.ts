import { type Identity } from '../../auth/identity.js';
import { expectMayGive } from '../../api/graphql/actor.js';
import { type TicketRequest } from '../commands/ticket-request.js';

/** @throws Rejection `FORBIDDEN` where a command has a field that its sender may not give */
export function expectMayAsk(sender: Identity, command: TicketRequest['command']): void {
  if (command.type === 'OpenTicket' && command.plan !== undefined) expectMayGive(sender, 'plan', 'report');
  if (command.type === 'ReapplyPlan' && command.answered !== undefined)
    expectMayGive(sender, 'answered', 'changeCustomers');
}
