import { type Instant } from '../../business-time/calendar.js';
import { type Actor } from '../../event-sourcing/event-store.js';
import { expected, FieldFault, fields, object, optional, type Read } from '../../parsing/fields.js';
import { type ReportedType, reportedTypes, type TicketCommand } from './facts.js';
import { actorId, actorKind, eventFields, type FieldName, shortNames } from './event-fields.js';
import { fieldsOf, reportedEvents } from './reported-events.js';

/** What a report says beside what happened. */
export interface ReportMetadata {
  readonly ticket: string;
  /** Now, if it is left out. */
  readonly occurredAt: Instant;
  /** Who did it, where the sender reports what others did. */
  readonly actor: Actor;
  /** Scoped to actor and ticket: with the same content again it records nothing, with other content it is refused. */
  readonly idempotencyKey: string;
  /** Whose ticket its sender says that it is; refused where it is not. */
  readonly customer: string;
  /** The system that calls the ticket {@link ofExternalId}, where its sender does not know its id. */
  readonly ofSource: string;
  readonly ofExternalId: string;
  /** What people call it, where its sender knows nothing else. */
  readonly ofReference: string;
}

/** What happened to a ticket, as somebody reports it. */
export type Report<Always extends keyof ReportMetadata> = Pick<ReportMetadata, Always> &
  Partial<ReportMetadata> & { readonly command: TicketCommand };

/** The form in which events come in: by a mutation each, by the bulk mutation, or as a log. */
export interface EventForm<Always extends keyof ReportMetadata> {
  /** What it calls the fields that every event has, and how they are read. */
  readonly common: { readonly [Name in keyof ReportMetadata]?: Common<ReportMetadata[Name]> } & {
    readonly [Name in Always]: Common<ReportMetadata[Name]>;
  };
  /** Which of those each event must have. */
  readonly always: readonly Always[];
  /** Whether its fields have short names: each kind of event has a form of its own. */
  readonly isShort: boolean;
  /** Fields that it reads in a way of its own; null: it does not take them. */
  readonly reads?: { readonly [Name in FieldName]?: Read<unknown> | null };
}

interface Common<Value> {
  readonly name: string;
  readonly read: Read<Value>;
}

interface Slot {
  readonly name: string;
  readonly key: string;
  readonly read: Read<unknown>;
  readonly isRequired: boolean;
  readonly isCommon: boolean;
}

/** Called with each wrong field: its name, and a sentence that begins with it. */
export type Refuse = (field: string, fault: string) => void;

/** Who did something; a person where the kind is left out. */
export const readActor: Read<Actor> = (value, field) => {
  const shape = { id: actorId.read, kind: optional(actorKind.read) };
  const { id, kind = 'person' } = fields(shape, object(value, field), `${field}.`);
  return { id, kind };
};

/** A reader of events that come in a form. It answers undefined where it refused a field. */
export function eventReader<Always extends keyof ReportMetadata>(form: EventForm<Always>) {
  const slots = new Map(reportedTypes.map((type) => [type, slotsOf(type, form)]));
  return (type: ReportedType, input: object, refuse: Refuse): Report<Always> | undefined => {
    const taken = slots.get(type) ?? new Map<string, Slot>();
    const [metadata, own]: [Record<string, unknown>, Record<string, unknown>] = [{}, {}];
    const said = new Set<string>();
    const faults: (readonly [field: string, fault: string])[] = [];
    for (const name of Object.keys(input)) {
      if (!taken.has(name) && Reflect.get(input, name) != null)
        faults.push([name, `${name} is not a field of ${type}`]);
    }
    for (const { name, key, read, isRequired, isCommon } of taken.values()) {
      const value: unknown = Reflect.get(input, name);
      if (value == null && !isRequired) continue;
      if (!isCommon) said.add(key);
      try {
        (isCommon ? metadata : own)[key] = expected(read, value, name);
      } catch (error) {
        if (!(error instanceof FieldFault)) throw error;
        for (const why of error.faults) faults.push([name, why]);
      }
    }
    faults.push(...apart(type, said));
    for (const [field, fault] of faults) refuse(field, fault);
    if (faults.length > 0) return undefined;
    // What is read are the fields of this very event; the compiler does not follow that through the map.
    const { by, command } = reportedEvents[type] as {
      readonly by: string;
      readonly command: (input: object) => object;
    };
    return Object.assign(metadata, { command: { type: by, ...command(own) } }) as unknown as Report<Always>;
  };
}

/** Fields that are missing: beside others which they belong with, or where there is none at all. */
function apart(type: ReportedType, said: ReadonlySet<string>): readonly (readonly [field: string, fault: string])[] {
  const event: { readonly together?: readonly string[]; readonly some?: true } = reportedEvents[type];
  const { together = [], some } = event;
  const [first = '', ...others] = fieldsOf(type).optional;
  if (some === true && said.size === 0) return [[first, `${[first, ...others].join(', ')}: one of these is required`]];
  const missing = together.filter((field) => !said.has(field));
  if (missing.length === together.length) return [];
  return missing.map((field) => [field, `${together.join(' and ')} must be given together`]);
}

function slotsOf<Always extends keyof ReportMetadata>(type: ReportedType, form: EventForm<Always>) {
  const taken = new Map<string, Slot>();
  const always: readonly string[] = form.always;
  for (const [key, { name, read }] of Object.entries<Common<unknown>>(form.common))
    taken.set(name, { name, key, read, isRequired: always.includes(key), isCommon: true });
  const { required, optional: others } = fieldsOf(type);
  for (const key of [...required, ...others]) {
    const read = form.reads?.[key] === undefined ? eventFields[key].read : form.reads[key];
    if (read === null) continue;
    const name = nameIn(form, key);
    // An event has a reference of its own for the ticket that it opens, or for what its ticket is called from then on.
    const called = givesReference(type) && name === 'reference' ? taken.get(name) : undefined;
    if (called !== undefined) taken.set(called.key, { ...called, name: called.key });
    taken.set(name, { name, key, read, isRequired: required.includes(key), isCommon: false });
  }
  return taken;
}

/** Whether the reference that an event has is another than the one that its ticket has. */
export const givesReference = (type: ReportedType): boolean => type === 'TicketSplit' || type === 'TicketCorrected';

/** What a field is called in a form. */
export const nameIn = ({ isShort }: { readonly isShort: boolean }, field: FieldName): string =>
  isShort ? (shortNames[field] ?? field) : field;
