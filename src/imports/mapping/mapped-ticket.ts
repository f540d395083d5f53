import { type Instant } from '../../business-time/calendar.js';
import { type Actor } from '../../event-sourcing/event-store.js';
import { type PauseReason } from '../../catalogue/domain/plan.js';
import { type TicketCommand } from '../../tickets/domain/facts.js';
import { eventFields } from '../../tickets/domain/event-fields.js';
import { type Row } from '../csv.js';
import { FieldFault, given } from '../../parsing/fields.js';
import { type FactRecord } from '../import-record.js';
import { type Mapping } from './mapping.js';
import { isCancel, isWait, type Meaning } from './meaning.js';
import { type RowReader } from './reading.js';

/** What a row says, read once. */
interface Snapshot {
  readonly at: Instant;
  readonly actor: Actor;
  readonly state: string;
  readonly meaning: Meaning;
  readonly type: string;
  readonly priority: string | undefined;
  readonly assignee: string | null;
  readonly team: string | null;
  readonly owner: string | undefined;
  /** Of snapshots: what people see of the ticket; what a row does not say is as it was. */
  readonly shown: { readonly subject?: string; readonly application?: string };
}

const isNote = ({ messages }: Meaning, state: string) => messages.has('note') && state !== '';

const isUnderWay = ({ standing }: Meaning) => standing === 'open' || (standing !== undefined && isWait(standing));

/** One ticket of a log, row after row: what each says beyond the one before. */
export class MappedTicket {
  private status: 'open' | 'ended' | 'cancelled' = 'open';
  private wait: PauseReason | undefined;
  private isAnswered = false;
  private isBackwards = false;
  private before: Snapshot | undefined;

  constructor(
    private readonly id: string,
    private readonly mapping: Mapping,
  ) {}

  /**
   * The facts of a row, and whether it is the first that goes before the one above it.
   * @throws FieldFault where the row makes no sense; then it leaves the ticket as it was
   */
  hear(row: Row): { readonly facts: readonly FactRecord[]; readonly turnsBack: boolean } {
    const now = this.read(row);
    const opening = this.before === undefined ? [this.opening(row, now)] : [];
    const commands = [...this.commands(now)];
    const turnsBack = !this.isBackwards && this.before !== undefined && now.at < this.before.at;
    this.isBackwards ||= turnsBack;
    this.before = now;
    const { at: occurredAt, actor, owner } = now;
    const common = { kind: 'fact', ticket: this.id, occurredAt, actor } as const;
    const named = owner === undefined ? common : { ...common, customer: owner };
    return { facts: [...opening, ...commands.map((command) => ({ ...named, command }))], turnsBack };
  }

  private read(row: Row): Snapshot {
    const { mapping } = this;
    const state = mapping.stateText(row) ?? '';
    const isUnchanged = mapping.rows === 'snapshots' && this.before?.state === state;
    const meaning = isUnchanged ? mapping.unchanged : required(mapping.state, row, 'state');
    if (isNote(meaning, state)) eventFields.text.read(state, 'state');
    const id = mapping.actor(row) ?? 'unknown';
    const isAutomatic = mapping.automatic.has(id) || meaning.messages.has('automatic');
    const isAssigned = mapping.rows === 'snapshots' || meaning.messages.has('assigned');
    const { assignee = null, team = null } = isAssigned
      ? { assignee: mapping.assignee(row), team: mapping.team(row) }
      : (this.before ?? {});
    return {
      ...{ at: required(mapping.at, row, 'at'), state, meaning, assignee, team },
      actor: { id, kind: isAutomatic ? 'automatic' : 'person' },
      type: required(mapping.type, row, 'type'),
      priority: mapping.priority(row) ?? this.before?.priority,
      owner: mapping.ofCustomer(row),
      shown: this.shown(row),
    };
  }

  private shown(row: Row): Snapshot['shown'] {
    const { mapping, before } = this;
    if (mapping.rows === 'events') return {};
    return { ...before?.shown, ...given({ subject: mapping.subject(row), application: mapping.application(row) }) };
  }

  private opening(row: Row, { at, actor, type, priority }: Snapshot): FactRecord {
    const { mapping } = this;
    const by = mapping.openedBy(row);
    return {
      kind: 'fact',
      ticket: this.id,
      occurredAt: mapping.openedAt(row) ?? at,
      actor: by === undefined ? actor : { id: by, kind: mapping.automatic.has(by) ? 'automatic' : 'person' },
      command: {
        type: 'OpenTicket',
        reference: this.id,
        customer: required(mapping.customer, row, 'customer'),
        ticketType: type,
        channel: required(mapping.channel, row, 'channel'),
        subject: required(mapping.subject, row, 'subject'),
        ...given({ priority, application: mapping.application(row), origin: mapping.origin(row) }),
      },
    };
  }

  private *commands(now: Snapshot): Generator<TicketCommand> {
    const { before } = this;
    const { meaning, actor, at, state } = now;
    yield* this.classification(now);
    yield* this.correction(now);
    const isRepeated = before?.at === at && before.state === state && before.actor.id === actor.id;
    if (this.mapping.rows === 'events' && isRepeated) return; // a row twice is one
    yield* this.resumption(meaning);
    if (now.assignee !== (before?.assignee ?? null) || now.team !== (before?.team ?? null))
      yield { type: 'AssignTicket', assignee: now.assignee, team: now.team };
    yield* this.messages(meaning, actor);
    yield* this.standing(meaning);
    if (isNote(meaning, state)) yield { type: 'AddInternalNote', text: state };
  }

  private *classification({ type, priority }: Snapshot): Generator<TicketCommand> {
    const { before } = this;
    if (before === undefined || (before.type === type && before.priority === priority)) return;
    yield { type: 'ReclassifyTicket', ticketType: type, ...(priority === undefined ? {} : { priority }) };
  }

  private *correction({ shown }: Snapshot): Generator<TicketCommand> {
    const was = this.before?.shown;
    if (was === undefined) return;
    const subject = shown.subject === was.subject ? undefined : shown.subject;
    const application = shown.application === was.application ? undefined : shown.application;
    if (subject !== undefined || application !== undefined)
      yield { type: 'CorrectTicket', ...given({ subject, application }) };
  }

  /** What ended goes on, what was cancelled by mistake is restored, and a wait ends with the next state that is not the same wait. */
  private *resumption(meaning: Meaning): Generator<TicketCommand> {
    const { standing } = meaning;
    if (this.status !== 'open' && isUnderWay(meaning)) {
      this.status = 'open';
      yield { type: 'ReopenTicket' };
    } else if (this.status === 'cancelled' && standing !== undefined && standing !== 'resumed' && !isCancel(standing)) {
      yield { type: 'RestoreTicket' }; // resolved or closed after all, it had been cancelled by mistake
    }
    if (this.wait === undefined || standing === undefined || standing === this.wait) return;
    this.wait = undefined;
    if (isUnderWay(meaning) || standing === 'resumed') yield { type: 'ResumeTicket' };
  }

  private *messages({ messages }: Meaning, actor: Actor): Generator<TicketCommand> {
    if (messages.has('customerReply')) {
      if (this.wait === 'waitingForCustomer' && actor.kind === 'person') this.wait = undefined;
      yield { type: 'RecordCustomerReply' };
    }
    const isFirst = !this.isAnswered;
    if (isFirst && (messages.has('firstResponse') || messages.has('reply'))) yield { type: 'RecordFirstResponse' };
    else if (messages.has('reply')) yield { type: 'RecordFollowUp' };
    else return;
    this.isAnswered ||= actor.kind === 'person';
  }

  private *standing({ standing }: Meaning): Generator<TicketCommand> {
    if (standing === undefined || standing === 'open' || standing === 'resumed') return;
    if (isWait(standing)) {
      if (this.wait === standing) return;
      this.wait = standing;
      yield { type: 'PauseTicket', reason: standing };
      return;
    }
    this.status = isCancel(standing) ? 'cancelled' : 'ended';
    if (standing === 'closed') yield { type: 'CloseTicket' };
    else if (isCancel(standing)) yield { type: 'CancelTicket', reason: standing };
    else {
      this.isAnswered ||= standing === 'resolved';
      yield { type: 'ResolveTicket', publicReply: standing === 'resolved' };
    }
  }
}

export function required<Value>(reading: RowReader<Value>, row: Row, field: string): Value {
  const value = reading(row);
  if (value === undefined) throw new FieldFault(`the row has no ${field}`);
  return value;
}
