import { type Actor } from '../../event-sourcing/event-store.js';
import { type CommandContext, type InternalCommand } from '../domain/commands.js';
import { type Report } from '../domain/read-event.js';

/** A report on its way to its ticket, or what Pledge itself tells the ticket, with what its way adds. */
export interface TicketRequest extends Omit<
  Report<'actor'>,
  'ticket' | 'ofSource' | 'ofExternalId' | 'ofReference' | 'command'
> {
  readonly command: Report<never>['command'] | InternalCommand;
  /** What its sender calls the ticket; refused where it is called otherwise. */
  readonly reference?: string;
  readonly onBehalfOf?: Actor;
  readonly source?: string;
  /** The fact's id, where it derives from its content. */
  readonly factId?: string;
  readonly correlationId?: string;
  readonly mayBackdate: boolean;
  readonly import?: CommandContext['import'];
}
