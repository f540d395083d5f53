import { type Instant } from '../../business-time/calendar.js';
import { type Decider } from '../../event-sourcing/decider.js';
import { Directory } from '../../event-sourcing/directory.js';
import { type Actor } from '../../event-sourcing/event-store.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type CustomerJoin, type JoinEvent } from './catalogue-events.js';
import { type RecordedChange } from './version-history.js';

/** A join, with who recorded it, and when. */
export interface KeptJoin extends CustomerJoin {
  readonly recordedAt: Instant;
  readonly actor: Actor;
}

/** Every join, by the id that is joined to another. */
export type Joins = Directory<KeptJoin>;

export type JoinCommand = RecordedChange & {
  readonly type: 'JoinCustomers';
  readonly customer: string;
  readonly into: string;
  readonly effectiveFrom: Instant | undefined;
};

/** An id is joined to one other, once. All joins are in one stream, so that two at a time cannot make a circle. */
export const joinsDecider: Decider<Joins, JoinCommand, JoinEvent> = { initial: Directory.empty, evolve, decide };

function evolve(joins: Joins, { data, metadata: { recordedAt, actor } }: JoinEvent): Joins {
  return joins.with(data.customer, { ...data, recordedAt, actor });
}

/** Whose the id is at an instant: the customer that it was joined to by then, or else itself. */
export function survivorAt(joins: Joins, customer: string, at: Instant): string {
  let survivor = customer;
  for (let join = joins.get(survivor); join !== undefined && join.effectiveFrom <= at; join = joins.get(survivor))
    survivor = join.into;
  return survivor;
}

/** A customer, and all whose it ever becomes. */
export function survivorsOf(joins: Joins, customer: string): readonly string[] {
  const survivors = [customer];
  for (let join = joins.get(customer); join !== undefined; join = joins.get(join.into)) survivors.push(join.into);
  return survivors;
}

/** @throws Rejection `JOIN_INTO_ITSELF`, `CUSTOMER_JOINED`, `JOIN_CYCLE` */
function decide({ id, metadata, ...command }: JoinCommand, joins: Joins): readonly JoinEvent[] {
  const { customer, into } = command;
  if (customer === into) throw new Rejection('JOIN_INTO_ITSELF', 'into: a customer cannot be joined to itself.');
  const before = joins.get(customer);
  const effectiveFrom = command.effectiveFrom ?? before?.effectiveFrom ?? metadata.occurredAt;
  if (before?.into === into && before.effectiveFrom === effectiveFrom) return [];
  if (before !== undefined) {
    const from = new Date(before.effectiveFrom).toISOString();
    throw new Rejection('CUSTOMER_JOINED', `from: ${customer} is joined to ${before.into} from ${from} on.`);
  }
  if (survivorsOf(joins, into).includes(customer))
    throw new Rejection('JOIN_CYCLE', `into: ${into} is itself joined to ${customer}.`);
  return [{ id, metadata, type: 'CustomersJoined', data: { customer, into, effectiveFrom } }];
}
