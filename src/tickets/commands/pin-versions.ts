import { type Instant } from '../../business-time/calendar.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type Catalogue, type PinnedVersionsAt } from '../../catalogue/catalogue.js';
import { type PinnedVersions } from '../../clocks/pinned-versions.js';
import { type AnyTicketCommand } from '../domain/commands.js';

/** Whose ticket it is, and the plan it was opened under by name. */
export interface Owner {
  readonly customer: string;
  readonly namedPlan: string | null;
}

/**
 * The versions that commands are judged under at an instant: those that govern the customer, unless a command names others.
 * A version that does not exist refuses its command alone.
 */
export async function pinVersions(
  catalogue: Catalogue,
  { customer, namedPlan }: Owner,
  commands: readonly AnyTicketCommand[],
): Promise<(command: AnyTicketCommand, at: Instant) => PinnedVersions | Rejection> {
  const pinnedVersions = await catalogue.pinnedVersions(customer, namedPlan);
  const revised = new Map<string, PinnedVersionsAt>();
  for (const command of commands) {
    if (command.type !== 'ApplyRevision') continue;
    if (command.of === 'plan') revised.set(command.code, await catalogue.pinnedVersions(customer, command.code));
    else await catalogue.calendarHistory(command.code); // so that it is loaded
  }
  return (command, at) => {
    if (command.type === 'ReapplyPlan') return answerOrRejection(() => pinnedVersions(at, command.version));
    if (command.type !== 'ApplyRevision') return pinnedVersions(at);
    const { of, code, version } = command;
    const terms = of === 'plan' ? revised.get(code)?.(at, version) : undefined;
    return terms ?? { ...pinnedVersions(at), calendar: { code, version } };
  };
}

function answerOrRejection<Answer>(work: () => Answer): Answer | Rejection {
  try {
    return work();
  } catch (error) {
    if (error instanceof Rejection) return error;
    throw error;
  }
}
