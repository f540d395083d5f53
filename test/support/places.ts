import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { usualText } from '../../src/api/graphql/long-text.js';
import { standardLimits } from '../../src/api/limits.js';

/** A value somewhere in the input of an operation. */
export interface Place {
  /** What it is called in the schema, as in `TicketFilter.text`; of an argument as in `Query.tickets(first)`. */
  readonly name: string;
  /** Arguments that are sound, with a value in this place. */
  readonly with: (value: unknown) => Record<string, unknown>;
  /** Its values at their limits and beyond, by what they are. */
  readonly values: readonly (readonly [what: string, value: unknown])[];
}

type Put = (value: unknown) => Record<string, unknown>;

/** Every place in the input of an operation: its arguments, and the fields in them, each with the rest as sound as can be. */
export function placesOf(root: string, { name, args }: GraphQLField<unknown, unknown>): readonly Place[] {
  const sound = Object.fromEntries(args.flatMap((arg) => given(arg.name, arg.type)));
  return args.flatMap((arg) =>
    placesIn(`${root}.${name}(${arg.name})`, arg.type, (value) => ({ ...sound, [arg.name]: value })),
  );
}

/** Arguments of an operation that are sound. */
export const soundArguments = ({ args }: GraphQLField<unknown, unknown>): Record<string, unknown> =>
  Object.fromEntries(args.flatMap((arg) => given(arg.name, arg.type)));

function placesIn(name: string, type: GraphQLInputType, put: Put): readonly Place[] {
  if (isNonNullType(type)) return placesIn(name, type.ofType, put);
  const here: Place = { name, with: put, values: limitsOf(name, type) };
  if (isListType(type)) {
    const inItem = placesIn(name, type.ofType, (value) => put([value]));
    return [here, ...inItem];
  }
  if (!isInputObjectType(type)) return [here];
  const sound = soundOf(name, type) as Record<string, unknown>;
  const within = Object.values(type.getFields()).flatMap((field) =>
    placesIn(`${type.name}.${field.name}`, field.type, (value) => put({ ...sound, [field.name]: value })),
  );
  return [here, ...within];
}

/** One more than the limits: what is larger is refused the same way, and takes longer to send. */
const tooLong = usualText + 1;
const tooMany = standardLimits.listItems + 1;
/** What a list may have, in bytes. */
const mostBytes = 250_000;

const unknownFields = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`unknown${n}`, 'x'.repeat(10)]));
const deep = Array.from({ length: 2_000 }).reduce((within) => [within], 'x');

const ofScalars: Readonly<Record<string, readonly (readonly [what: string, value: unknown])[]>> = {
  Int: [
    ['the largest', 2 ** 31 - 1],
    ['the smallest', -(2 ** 31)],
    ['too large', 1e300],
  ],
  Float: [
    ['the largest', Number.MAX_VALUE],
    ['the smallest', 5e-324],
  ],
  Boolean: [['a long text', 'x'.repeat(tooLong)]],
  Instant: [
    ['the first', '-271821-04-20T00:00:00Z'],
    ['the last', '+275760-09-13T00:00:00Z'],
    ['a long text', '2026-03-02T09:00:00.'.padEnd(tooLong, '0')],
  ],
};
const texts = [
  ['a text', 'x'.repeat(200)],
  ['a long text', '\u0007'.repeat(tooLong)],
] as const;

function limitsOf(name: string, type: GraphQLInputType): Place['values'] {
  if (isListType(type)) {
    const item = soundOf(name, type.ofType);
    return [500, tooMany].map((count) => {
      const fitting = Math.min(count, Math.floor(mostBytes / (JSON.stringify(item).length + 1)));
      return [`${count} items`, Array.from({ length: fitting }, () => item)];
    });
  }
  if (isInputObjectType(type)) {
    return [
      ['unknown fields', { ...(soundOf(name, type) as object), ...unknownFields }],
      ['deep values', deep],
    ];
  }
  return isEnumType(type) ? texts.slice(1) : (ofScalars[(type as GraphQLNamedInputType).name] ?? texts);
}

/** What is sound by the name of its place; the last part of it says enough of most. */
const soundTexts: Readonly<Record<string, string>> = {
  ...{
    ticket: 'T-1',
    into: 'T-2',
    customer: 'acme',
    customers: 'acme',
    plan: 'pro',
    plans: 'pro',
    calendar: 'business-hours',
  },
  ...{ day: 'mon', opens: '09:00', closes: '17:00', date: '2026-03-09', holidaysKnownUntil: '2027-12-31' },
  ...{
    timeZone: 'UTC',
    url: 'https://hooks.example/pledge',
    month: '2026-03',
    from: '2026-03',
    until: '2026-03',
    to: '2026-03',
  },
  ...{ country: 'IT', priority: 'normal', effectiveFrom: '2027-01-01' },
};

/** Of words that come with other fields, one that comes alone. */
const soundWords: Readonly<Record<string, string>> = { TicketEventKind: 'CUSTOMER_REPLIED' };

/** A value that may be sound; of an object the fields that it must have, and of a place in it by its name. */
function soundOf(name: string, type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return soundOf(name, type.ofType);
  if (isListType(type)) return [soundOf(name, type.ofType)];
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    return Object.fromEntries(fields.flatMap((field) => given(field.name, field.type, `${type.name}.${field.name}`)));
  }
  if (isEnumType(type)) return soundWords[type.name] ?? type.getValues()[0]?.name;
  const ofScalar: Readonly<Record<string, unknown>> = {
    Int: 1,
    Float: 1,
    Boolean: true,
    Instant: '2026-03-02T09:00:00Z',
  };
  return ofScalar[type.name] ?? soundTexts[/(\w+)\)?$/.exec(name)?.[1] ?? ''] ?? 'T-1';
}

/** A field where it must be there. */
const given = (field: string, type: GraphQLInputType, name = field): readonly (readonly [string, unknown])[] =>
  isNonNullType(type) || needed.has(name) || needed.has(field) ? [[field, soundOf(name, type)]] : [];

/** Fields of which one of several must be there, so that the schema cannot say it of any. */
const needed = new Set([
  'id',
  'ticket',
  'MergeTicketInput.into',
  'SplitTicketInput.into',
  'CorrectTicketInput.subject',
]);
