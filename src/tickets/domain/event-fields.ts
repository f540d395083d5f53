import {
  count,
  customerId,
  flag,
  instant,
  listOf,
  matching,
  oneOf,
  printable,
  type Read,
  text,
  word,
} from '../../parsing/fields.js';
import { pauseReasons } from '../../catalogue/domain/plan.js';
import { type WordList } from '../../catalogue/domain/words.js';
import { attempts, cancelReasons, origins, sides } from './facts.js';

/** What a field of a ticket event takes, wherever it comes in: how it is read, and what it is. */
export interface Rule<Value, Kind extends string = string> {
  readonly kind: Kind;
  readonly read: Read<Value>;
  /** Which values it takes, for people. */
  readonly takes: string;
  readonly says: string;
}

const rule = <Value, Kind extends string>(
  kind: Kind,
  read: Read<Value>,
  takes: string,
  says: string,
): Rule<Value, Kind> => ({ kind, read, takes, says });

const words = <Word extends string>(of: readonly Word[], says: string) =>
  rule('word', oneOf(of), of.map((word) => `\`${word}\``).join(', '), says);
const wordOf = (list: WordList, says: string) => rule('text', word, `a ${list} of the desk, in any case`, says);
const textOf = (longest: number) => `text of 1 to ${longest.toLocaleString('en')} characters`;
const textRule = (longest: number, says: string) => rule('text', text(longest), textOf(longest), says);

const idRule = '1 to 100 letters, digits or . : @ / + - _';
const id = matching(/^[\w.:@/+-]{1,100}$/, `must be ${idRule}`);
const ticketId = (says: string) => rule('ticket', id, idRule, says);
const code = (says: string) => rule('text', id, idRule, says);
const customerRule = (says: string) => rule('text', customerId, textOf(200), says);
const instantRule = (says: string) => rule('instant', instant, 'an instant: ISO 8601 with an offset', says);

/** Who did something, by id: an agent, a customer or a program. */
export const actorId = rule('text', printable(200), '1 to 200 printable characters', 'The agent, customer or program.');

/** Whom a sender may name: Pledge itself it may not. */
export const actorKind = words(['person', 'automatic'], 'Only what a person says is a response.');

/** What a system calls a ticket. */
export const externalId = textRule(200, 'Its id in that system; with `source`.');

/** What every event may have, whatever happened. */
export const commonFields = {
  ticket: ticketId("The ticket's id."),
  occurredAt: instantRule('When it happened.'),
  idempotencyKey: textRule(200, 'Makes it safe to repeat: the same key and content records nothing more.'),
  customer: customerRule("Whose ticket it is; refused if it is another customer's (CUSTOMER_MISMATCH)."),
} as const;

/** The fields that ticket events have beside those; which event takes which is in `reported-events.ts`. */
export const eventFields = {
  customer: customerRule(
    "The customer's id, any text of 1 to 200 characters without control characters; an unknown one gets the default plan.",
  ),
  source: code(
    'The system it comes from; with `externalId`. If its sender is limited to some customers, the id derives from the customer too.',
  ),
  externalId,
  reference: textRule(100, 'What people see; the external id or the id if it is left out.'),
  plan: code("A plan in place of the customer's."),
  type: wordOf('type', 'What it is about.'),
  channel: wordOf('channel', 'How it reached us, or how it was said.'),
  priority: wordOf('priority', 'Its priority; `normal` for a new ticket if it is left out.'),
  subject: textRule(500, 'Its subject line.'),
  application: textRule(200, 'The application it is about.'),
  users: rule(
    'texts',
    listOf(100, text(200)),
    `a list of at most 100: ${textOf(200)} each`,
    'The users involved; at most 100.',
  ),
  origin: words(origins, 'Who wanted it; the customer if it is left out.'),
  pauseReason: words(pauseReasons, 'What it waits for. If a resumption leaves it out, every wait ends.'),
  until: instantRule('When the wait ends by itself; if it is left out, somebody says when it has ended.'),
  cancelReason: words(cancelReasons, 'Why it was no request of its own.'),
  assignee: textRule(100, 'Who has it now; nobody if it is left out.'),
  team: textRule(100, 'Which team has it now; none if it is left out.'),
  publicReply: rule(
    'flag',
    flag,
    '`true` or `false`',
    'Whether the customer was told, so that it is a reply too; true if it is left out.',
  ),
  version: rule(
    'count',
    count,
    'a whole number from 1',
    'The version of its plan; the one in force if it is left out.',
  ),
  answered: rule(
    'flag',
    flag,
    '`true` or `false`',
    'Whether clocks that were answered are judged again too, by what is known now; false if it is left out. For the role admin.',
  ),
  text: textRule(10_000, 'What is noted.'),
  preferredFrom: instantRule('From when on the customer wants to be called; at once where it is left out.'),
  preferredUntil: instantRule('Until when the customer wants to be called.'),
  startsAt: instantRule('The time that was agreed on.'),
  with: textRule(100, 'Who of the desk holds it.'),
  by: words(sides, 'Whose doing it was.'),
  outcome: words(attempts, 'Why nobody was reached.'),
  endedAt: instantRule('When the call ended; it began when it occurred.'),
  into: ticketId('The id of the other ticket: the one that goes on for both, or the one that is split off.'),
  messageAt: instantRule('When the message that is split off was written: a reply of the customer, or the opening.'),
} as const;

export type FieldName = keyof typeof eventFields;
export type FieldValue<Name extends FieldName> = ReturnType<(typeof eventFields)[Name]['read']>;
export type FieldKind = (typeof eventFields)[FieldName]['kind'];

/** Where the event is known, a field of it needs no longer name. */
export const shortNames: Partial<Record<FieldName, string>> = { pauseReason: 'reason', cancelReason: 'reason' };
