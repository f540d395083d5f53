import {
  getNamedType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  GraphQLScalarType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';
import fc from './fc.js';

/** Text that has broken others: of SQL, logs, prototypes, files and terminals, not of Unicode, and very long. */
const nasty = [
  ...['', ' ', '\0', 'a\0b', '\ud800', '\uFFFF', '\u202E', '\n{"level":"error"}', '\r\nSet-Cookie: a=b', '\u001b[2J'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', 'null', 'undefined', 'NaN', '-1', '1e999'],
  ...[
    `'; DROP TABLE tickets; --`,
    `" OR ""="`,
    `' OR 1=1 --`,
    '%',
    '_',
    '\\',
    '`',
    '${1}',
    '{{1}}',
    '*',
    'NEAR(',
    '"a',
  ],
  ...['../../etc/passwd', 'file:///etc/passwd', 'http://169.254.169.254/', '<script>alert(1)</script>'],
  ...[
    'x'.repeat(100_000),
    '👩‍👩‍👧‍👦'.repeat(200),
    'İ',
    'ß'.repeat(99),
    '2026-02-30',
    '2026-13',
    '0000-00-00',
    '24:00',
    '25:00',
  ],
];

/** Text that means something to the server that a test has set up. */
const known = [
  'T-1',
  'acme',
  'pro',
  'community',
  'business-hours',
  'normal',
  'mia',
  'tour',
  'x',
  'mon',
  'UTC',
  '09:00',
];

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...known) },
  { weight: 2, arbitrary: fc.constantFrom(...nasty) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
);

const instants = [
  ...['2026-03-02T09:00:00Z', '2026-03-02T08:59:00+01:00', '2026-02-01T00:00:00Z', '2026-03-03T00:00:00.000Z'],
  ...['0000-01-01T00:00:00Z', '-271821-04-20T00:00:00Z', '+275760-09-13T00:00:00Z', '9999-12-31T23:59:59.999Z'],
  ...['2026-03-02T09:00:00+99:99', '2026-03-02', '1970-01-01T00:00:00Z', '2026-W10-1T00:00:00Z'],
];

const scalars: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  String: text,
  ID: fc.oneof(
    { weight: 2, arbitrary: fc.constant('T-1') },
    { weight: 3, arbitrary: text },
    { weight: 2, arbitrary: fc.integer() },
  ),
  Int: fc.oneof(fc.constantFrom(0, 1, -1, 200, 201, 2 ** 31 - 1, -(2 ** 31), 2 ** 31), fc.integer()),
  Float: fc.oneof(
    fc.constantFrom(0, -0, 1, 0.5, 1e308, -1e308, 5e-324, Number.MAX_SAFE_INTEGER, 2 ** 53),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  ),
  Boolean: fc.boolean(),
  Instant: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...instants) }, { weight: 1, arbitrary: text }),
  Position: text,
  JSON: fc.jsonValue(),
};

/** Values of an input type, most of them of the right form and few of them sound. */
export function valuesOf(type: GraphQLInputType): fc.Arbitrary<unknown> {
  if (isNonNullType(type))
    return fc.oneof({ weight: 60, arbitrary: ofSome(type.ofType) }, { weight: 1, arbitrary: fc.jsonValue() });
  return fc.oneof({ weight: 20, arbitrary: ofSome(type) }, { weight: 1, arbitrary: fc.constant(null) });
}

function ofSome(type: GraphQLInputType): fc.Arbitrary<unknown> {
  if (isListType(type)) {
    const item = valuesOf(type.ofType);
    const few = fc.array(item, { maxLength: 3 });
    const many = fc.tuple(item, fc.constantFrom(101, 1_001, 40_000)).map(([one, count]) => {
      const size = JSON.stringify(one).length + 1;
      return Array.from({ length: Math.min(count, Math.ceil(5_000_000 / size)) }, () => one);
    });
    return fc.oneof({ weight: 30, arbitrary: few }, { weight: 1, arbitrary: many });
  }
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => name));
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const required = fields.filter(({ type: of, defaultValue }) => isNonNullType(of) && defaultValue === undefined);
    const values = Object.fromEntries(fields.map((field) => [field.name, fc.memo(() => valuesOf(field.type))()]));
    return fc.record(values, { requiredKeys: required.map(({ name }) => name) });
  }
  if (type instanceof GraphQLScalarType) {
    const values = scalars[type.name];
    if (values !== undefined) return values;
  }
  throw new Error(`no values are known of ${String(type)}`);
}

/** Ways in which a value goes to its limits, or beyond. */
export const extremes = ['long texts', 'unknown fields', 'many items', 'deep values'] as const;
export type Extreme = (typeof extremes)[number];

const deep = (levels: number): unknown => Array.from({ length: levels }).reduce((within) => [within], {});

/** A value of an input type with all of its fields, at its limits in some way. */
export function extremeOf(type: GraphQLInputType, way: Extreme, isOutermost = true): unknown {
  if (isNonNullType(type)) return extremeOf(type.ofType, way, isOutermost);
  if (isListType(type)) {
    const item = extremeOf(type.ofType, way, false);
    const count = Math.ceil(1_000_000 / (JSON.stringify(item).length + 1));
    return way === 'many items' && isOutermost ? Array.from({ length: Math.min(count, 6_000) }, () => item) : [item];
  }
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).map((field) => [
      field.name,
      extremeOf(field.type, way, isOutermost),
    ]);
    const unknown = Array.from({ length: isOutermost ? 5_000 : 10 }, (_, n) => [`unknown${n}`, 'x'.repeat(10)]);
    return Object.fromEntries(way === 'unknown fields' ? [...fields, ...unknown] : fields) as unknown;
  }
  if (way === 'deep values') return deep(500);
  if (isEnumType(type)) return way === 'long texts' ? 'x'.repeat(20_000) : type.getValues()[0]?.name;
  const known: Readonly<Record<string, unknown>> = { Int: 1, Float: 1, Boolean: true };
  return known[type.name] ?? (way === 'long texts' ? 'x'.repeat(20_000) : 'x');
}

/** All that an output type tells, so deep. */
export function selectionOf(type: GraphQLOutputType, depth: number): string {
  const named = getNamedType(type);
  if (!isCompositeType(named)) return '';
  if (isUnionType(named)) {
    const members = named.getTypes().map((member) => `... on ${member.name} ${selectionOf(member, depth)}`);
    return `{ __typename ${members.join(' ')} }`;
  }
  if (depth === 0) return '{ __typename }';
  const fields = isObjectType(named) || isInterfaceType(named) ? Object.values(named.getFields()) : [];
  return `{ __typename ${fields.map((field) => `${field.name} ${selectionOf(field.type, depth - 1)}`).join(' ')} }`;
}

/** A document that asks an operation with all of its arguments as variables. */
export function documentOf(kind: string, { name, args, type }: GraphQLField<unknown, unknown>, depth = 4): string {
  const declared = args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const given = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const inBrackets = (inside: string) => (inside === '' ? '' : `(${inside})`);
  return `${kind} ${inBrackets(declared)} { ${name}${inBrackets(given)} ${selectionOf(type, depth)} }`;
}
