import { type Kysely } from 'kysely';
import { type TimeSource } from '../time/time-source.js';
import { type LeaseDatabase, leaseOf, stuckOf } from '../deadlines/leases.js';
import { type Schema } from '../read-models/schema.js';
import { newId } from '../event-sourcing/new-id.js';
import { logToStderr } from '../observability/log.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { StorageFault } from '../event-sourcing/storage-fault.js';
import { type RunningProjections } from './projection-worker/projections.js';
import { type Deadlines, type WatcherPorts } from '../deadlines/deadline-watcher.js';
import { type StuckTicketStore } from '../deadlines/retry-tracker.js';
import { dueTickets, nextDeadline } from '../deadlines/due-tickets.js';
import { applyRevisions } from '../tickets/apply-revisions.js';
import { type TicketChanged, type TicketPorts } from '../tickets/commands/change-ticket.js';
import { settleTicket } from '../tickets/commands/settle-ticket.js';
import { propagateMerge } from '../tickets/commands/propagate-merge.js';
import { dueMergePropagations } from '../tickets/queries/merge-propagations.js';
import { dueRecalculations, nextRecalculation, recalculationsOf } from '../tickets/queries/recalculations.js';

/** What is watched for behind the API. */
export interface BackgroundProcessors {
  /** Tells tickets of others that were merged into them or split off. */
  readonly mergePropagations: WatcherPorts;
  /** Recalculates open tickets under revisions that apply to them. */
  readonly revisions: WatcherPorts;
  /** Settles tickets on which something falls due. */
  readonly deadlines: WatcherPorts;
}

export interface ProcessorPorts extends TicketPorts {
  readonly time: TimeSource;
  readonly db: Kysely<Schema>;
  readonly projections: RunningProjections;
  readonly leases: LeaseDatabase;
}

/** All of it, in the order in which it is best done where it is done once. */
export const allProcessors = ({
  mergePropagations,
  revisions,
  deadlines,
}: BackgroundProcessors): readonly WatcherPorts[] => [mergePropagations, revisions, deadlines];

/** The work of one node. */
export function backgroundProcessors(ports: ProcessorPorts): BackgroundProcessors {
  const { time, db, leases } = ports;
  const owner = newId();
  const work = (name: string, deadlines: Deadlines, settle: WatcherPorts['settle']): WatcherPorts => ({
    ...{ time, deadlines, settle, lease: leaseOf(leases, name, owner, time) },
    stuck: logged(name, stuckOf(leases, name)),
  });
  return {
    mergePropagations: work(
      'mergePropagations',
      {
        ...listOf(ports, 'mergePropagations'),
        next: () => Promise.resolve(undefined),
        due: () => dueMergePropagations(db),
      },
      (ticket) => propagateMerge(ports, ticket),
    ),
    revisions: work(
      'revisions',
      {
        ...listOf(ports, 'recalculations'),
        next: (after) => nextRecalculation(db, after),
        due: (now) => dueRecalculations(db, now),
      },
      async (ticket) => settled(await applyRevisions(ports, ticket, await recalculationsOf(db, ticket, time.now()))),
    ),
    deadlines: work(
      'deadlines',
      { ...listOf(ports, 'tickets'), next: (after) => nextDeadline(db, after), due: (now) => dueTickets(db, now) },
      async (ticket) => {
        const { position, recorded } = await settleTicket(ports, ticket);
        return { position, isNews: recorded > 0 };
      },
    ),
  };
}

/** Stuck tickets, each written to the log when it is stuck for the first time. */
const logged = (name: string, stuck: StuckTicketStore): StuckTicketStore => ({
  ...stuck,
  put: (ticket) => {
    const message = `${name}: ticket ${ticket.ticket} is stuck and will be tried again: ${ticket.error}`;
    if (ticket.tries === 1) logToStderr({ level: 'warn', code: 'TICKET_STUCK', message });
    return stuck.put(ticket);
  },
});

const settled = ({ position, outcomes }: TicketChanged) => ({
  position,
  isNews: outcomes.some(({ kind }) => kind === 'recorded'),
});

/** How far the list is that a projection keeps. What an import brought waits in it until the import is finished. */
function listOf(
  { projections, store }: ProcessorPorts,
  name: string,
): Pick<Deadlines, 'seen' | 'changed' | 'refreshed'> {
  const names = [...new Set([name, 'tickets'])];
  return {
    seen: () => projections.statuses.find((status) => status.name === name)?.position,
    changed: (signal) => Promise.race(names.map((each) => projections.moved(each, signal))),
    refreshed: async (signal) => {
      try {
        await projections.waitFor(names, await store.lastPosition(), signal);
      } catch (error) {
        throwUnlessReported(error);
      }
    },
  };
}

/**
 * A projection that has failed is reported where it runs, and a store that does not answer in `/health`. The deadlines that
 * are known already are still watched.
 */
function throwUnlessReported(error: unknown): void {
  const isReported =
    error instanceof StorageFault || (error instanceof Rejection && error.code === 'PROJECTION_FAILED');
  if (!isReported) throw error;
}
