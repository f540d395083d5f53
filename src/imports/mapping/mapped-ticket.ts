import { type Instant } from '../../business-time/calendar.js';
import { type PauseReason } from '../../catalogue/domain/plan.js';
import { type TicketCommand } from '../../tickets/domain/facts.js';
import { given } from '../../parsing/fields.js';
import { type FactRecord } from '../import-record.js';
import { isCancel, isWait, type Meaning } from './meaning.js';
import { type Opening, type Said } from './said.js';

/** What of a ticket is remembered from row to row; plain data, for it may go to disk. */
export interface TicketSoFar {
  readonly status: 'open' | 'ended' | 'cancelled';
  readonly wait?: PauseReason | undefined;
  readonly isAnswered: boolean;
  readonly isBackwards: boolean;
  readonly before?: Before | undefined;
}

/** What was said last. */
interface Before extends Pick<Said, 'state' | 'type' | 'priority' | 'shown'> {
  readonly at: Instant;
  readonly actor: string;
  readonly assignee: string | null;
  readonly team: string | null;
}

/** What a log says of a ticket beyond what it said before. */
export interface Heard {
  readonly facts: readonly FactRecord[];
  /** The first that goes before the one above it. */
  readonly turnsBack: boolean;
  /** It was reopened, and nothing had resolved it: it is taken as resolved in silence at that instant. */
  readonly impliesResolving: boolean;
}

const isUnderWay = ({ standing }: Meaning) =>
  standing === 'open' || standing === 'reopened' || (standing !== undefined && isWait(standing));

/** One ticket of a log: what each row says beyond the ones before. */
export class MappedTicket {
  private status: TicketSoFar['status'] = 'open';
  private wait: PauseReason | undefined;
  private isAnswered = false;
  private isBackwards = false;
  private isImplied = false;
  private last: Before | undefined;

  constructor(
    private readonly id: string,
    soFar?: TicketSoFar,
  ) {
    if (soFar === undefined) return;
    ({ status: this.status, wait: this.wait, isAnswered: this.isAnswered } = soFar);
    ({ isBackwards: this.isBackwards, before: this.last } = soFar);
  }

  get soFar(): TicketSoFar {
    const { status, wait, isAnswered, isBackwards, last } = this;
    return { status, wait, isAnswered, isBackwards, before: last };
  }

  /** What was said last; undefined before the first. */
  get before(): Before | undefined {
    return this.last;
  }

  /**
   * The facts of what is said, the opening with the first; none opens it where that is not said.
   * @throws FieldFault where it makes no sense; then it leaves the ticket as it was
   */
  hear(said: Said, opening: Opening | undefined): Heard {
    const opened = this.last === undefined && opening !== undefined ? [opening()] : [];
    const now = after(this.last, said);
    const commands = [...this.commands(said, now)];
    const { isImplied: impliesResolving, last: before } = this;
    const turnsBack = !this.isBackwards && before !== undefined && said.at < before.at;
    this.isImplied = false;
    this.isBackwards ||= turnsBack;
    this.last = now;
    const { at: occurredAt, actor, owner } = said;
    const common = { kind: 'fact', ticket: this.id, occurredAt, actor } as const;
    const named = owner === undefined ? common : { ...common, customer: owner };
    return { facts: [...opened, ...commands.map((command) => ({ ...named, command }))], turnsBack, impliesResolving };
  }

  private *commands(said: Said, now: Before): Generator<TicketCommand> {
    const { last: before } = this;
    const { meaning, actor, at, state } = said;
    yield* this.classification(now);
    yield* this.correction(now);
    if (said.isOnce && before?.at === at && before.state === state && before.actor === actor.id) return;
    yield* this.resumption(meaning);
    if (now.assignee !== (before?.assignee ?? null) || now.team !== (before?.team ?? null))
      yield { type: 'AssignTicket', assignee: now.assignee, team: now.team };
    yield* this.messages(said);
    yield* this.standing(meaning);
    if (meaning.messages.has('note') && said.note !== '') yield { type: 'AddInternalNote', text: said.note };
  }

  private *classification({ type, priority }: Before): Generator<TicketCommand> {
    const { last: before } = this;
    if (before === undefined || (before.type === type && before.priority === priority)) return;
    yield { type: 'ReclassifyTicket', ...given({ ticketType: type, priority }) };
  }

  private *correction({ shown }: Before): Generator<TicketCommand> {
    const was = this.last?.shown;
    if (was === undefined) return;
    const subject = shown.subject === was.subject ? undefined : shown.subject;
    const application = shown.application === was.application ? undefined : shown.application;
    if (subject !== undefined || application !== undefined)
      yield { type: 'CorrectTicket', ...given({ subject, application }) };
  }

  /** What ended goes on, what was cancelled by mistake is restored, and a wait ends with the next state that is not the same wait. */
  private *resumption(meaning: Meaning): Generator<TicketCommand> {
    const { standing } = meaning;
    if (standing === 'reopened' && this.status === 'open' && this.last !== undefined) {
      this.isImplied = true;
      this.wait = undefined;
      this.status = 'ended';
      yield { type: 'ResolveTicket', publicReply: false };
    }
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

  private *messages({ meaning: { messages }, actor }: Said): Generator<TicketCommand> {
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
    if (standing === undefined || standing === 'open' || standing === 'resumed' || standing === 'reopened') return;
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

/** How things are after something is said: what it does not say is as it was. */
function after(before: Before | undefined, said: Said): Before {
  const { at, actor, state, type, priority, assignee, team, shown } = said;
  return {
    ...{ at, actor: actor.id, state },
    type: type ?? before?.type,
    priority: priority ?? before?.priority,
    assignee: assignee === undefined ? (before?.assignee ?? null) : assignee,
    team: team === undefined ? (before?.team ?? null) : team,
    shown: { ...before?.shown, ...shown },
  };
}
