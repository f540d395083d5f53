import { hash } from 'node:crypto';
import { canonicalJson } from '../../event-sourcing/canonical-json.js';
import { contentOf } from '../domain/command-content.js';
import { type TicketRequest } from './ticket-request.js';

/**
 * A digest of what a request means: what it says, when that was, and who did it – what a person says counts otherwise than
 * what a program says, so the kind of the sender belongs to it. Who sent it does not: a key is the sender's own already.
 * Neither does what decides only whether it is refused: the customer that it names, how far back its sender may record.
 */
export function digestOf({ command, occurredAt, actor, onBehalfOf }: TicketRequest, ticket: string): string {
  const said = contentOf(command, ticket);
  const content = { said, occurredAt: occurredAt ?? null, sender: actor.kind, onBehalfOf: onBehalfOf ?? null };
  return hash('sha256', canonicalJson(content), 'base64url').slice(0, 22);
}
