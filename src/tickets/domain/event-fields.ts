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
} from '../../parsing/fields.js';
import { channels, pauseReasons, ticketTypes } from '../../catalogue/domain/plan.js';
import { cancelReasons, origins } from './facts.js';

/** What a field of a ticket event takes, at every door: how it is read, what it is, and the same as JSON Schema. */
export interface Rule<Value, Kind extends string = string> {
  readonly kind: Kind;
  readonly read: Read<Value>;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly says: string;
}

const words = <Word extends string>(of: readonly Word[], says: string): Rule<Word, 'word'> => ({
  ...{ kind: 'word', read: oneOf(of), schema: { enum: of }, says },
});

const textRule = (longest: number, says: string): Rule<string, 'text'> => ({
  ...{ kind: 'text', read: text(longest), schema: { type: 'string', minLength: 1, maxLength: longest }, says },
});

const idPattern = /^[\w.:@/+-]{1,100}$/;
const id = matching(idPattern, 'must be 1 to 100 letters, digits or . : @ / + - _');
const idSchema = { type: 'string', pattern: idPattern.source };

const ticketId = (says: string): Rule<string, 'ticket'> => ({ kind: 'ticket', read: id, schema: idSchema, says });
const code = (says: string): Rule<string, 'text'> => ({ kind: 'text', read: id, schema: idSchema, says });

const customerRule = (says: string): Rule<string, 'text'> => ({
  ...{ kind: 'text', read: customerId, says },
  schema: { type: 'string', pattern: '^\\s*[^\\p{Cc}\\p{Cs}\\s]([^\\p{Cc}\\p{Cs}]{0,198}[^\\p{Cc}\\p{Cs}\\s])?\\s*$' },
});

const instantRule = (says: string): Rule<number, 'instant'> => ({
  ...{ kind: 'instant', read: instant, schema: { type: 'string', format: 'date-time' }, says },
});

/** Who did something, by id: an agent, a customer or a program. */
export const actorId: Rule<string> = {
  ...{ kind: 'text', read: printable(200), says: 'The agent, customer or program.' },
  schema: { type: 'string', pattern: '^[^\\p{C}]{1,200}$' },
};

/** Whom a sender may name: Pledge itself it may not. */
export const actorKind = words(['person', 'automatic'], 'Only what a person says is a response.');

/** What a system calls a ticket. */
export const externalId = textRule(200, 'Its id in that system; with `source`.');

/** What every event may have, whatever happened. */
export const commonFields = {
  ticket: ticketId("The ticket's id."),
  occurredAt: instantRule('When it happened.'),
  idempotencyKey: textRule(200, 'Makes it safe to repeat: the same key and content records nothing more.'),
  customer: customerRule("Whose ticket it is; refused where it is another customer's (CUSTOMER_MISMATCH)."),
} as const;

/** The fields that ticket events have beside those; which event takes which is in `reported-events.ts`. */
export const eventFields = {
  customer: customerRule(
    "The customer's id, any text of 1 to 200 characters without control characters; an unknown one gets the default plan.",
  ),
  source: code(
    'The system it comes from; with `externalId`. Of a sender for some customers alone, the customer is part of the id that derives.',
  ),
  externalId,
  reference: textRule(100, 'What people see; the external id or the id where it is left out.'),
  plan: code("A plan in place of the customer's."),
  type: words(ticketTypes, 'What it is about.'),
  channel: words(channels, 'How it reached us, or how it was said.'),
  priority: textRule(60, 'Its priority, as the desk names them; `normal` for a new ticket where it is left out.'),
  subject: textRule(500, 'Its subject line.'),
  application: textRule(200, 'The application it is about.'),
  users: {
    ...{ kind: 'texts', read: listOf(100, text(200)), says: 'The users involved; at most 100.' },
    schema: { type: 'array', maxItems: 100, items: { type: 'string', minLength: 1, maxLength: 200 } },
  } satisfies Rule<readonly string[], 'texts'> as Rule<readonly string[], 'texts'>,
  origin: words(origins, 'Who wanted it; the customer where it is left out.'),
  pauseReason: words(pauseReasons, 'For what it waits; of a resumption, every wait ends where it is left out.'),
  cancelReason: words(cancelReasons, 'Why it was no request of its own.'),
  assignee: textRule(100, 'Who has it now; nobody where it is left out.'),
  team: textRule(100, 'Which team has it now; none where it is left out.'),
  publicReply: {
    ...{ kind: 'flag', read: flag, schema: { type: 'boolean' } },
    says: 'Whether the customer was told, so that it is a reply too; true where it is left out.',
  } satisfies Rule<boolean, 'flag'> as Rule<boolean, 'flag'>,
  version: {
    ...{ kind: 'count', read: count, schema: { type: 'integer', minimum: 1, maximum: 2 ** 31 - 1 } },
    says: 'The version of its plan; the one in force where it is left out.',
  } satisfies Rule<number, 'count'> as Rule<number, 'count'>,
  text: textRule(10_000, 'What is noted.'),
  into: ticketId('The id of the other ticket: the one that goes on for both, or the one that is split off.'),
  messageAt: instantRule('When the message that is split off was written: a reply of the customer, or the opening.'),
} as const;

export type FieldName = keyof typeof eventFields;
export type FieldValue<Name extends FieldName> = ReturnType<(typeof eventFields)[Name]['read']>;
export type FieldKind = (typeof eventFields)[FieldName]['kind'];

/** Where the event is known, a field of it needs no longer name. */
export const shortNames: Partial<Record<FieldName, string>> = { pauseReason: 'reason', cancelReason: 'reason' };
