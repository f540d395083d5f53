import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import { type Limits, standardLimits } from '../limits.js';
import { Faults } from './faults.js';
import { longestText, usualText } from './long-text.js';
import { pathTo, type Place } from './place.js';

type Values = Readonly<Record<string, unknown>>;

/**
 * What is wrong with the values of a request's variables; it ends at a few faults. graphql-js finds the same, but puts the
 * whole value into the message of each: a request of some megabytes would be answered with hundreds, after seconds.
 */
export function faultsOfVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  values: Values,
  { listItems }: Pick<Limits, 'listItems'> = standardLimits,
): Faults {
  const faults = new Faults();
  const limits = { listItems, longest: usualText };
  for (const { variable, type: node, defaultValue } of variableDefinitions) {
    const name = variable.name.value;
    const type = typeFromAST(schema, node);
    if (!isInputType(type)) continue; // a document with such a variable is not valid
    const at = { within: undefined, key: name };
    if (Object.hasOwn(values, name)) check(values[name], type, at, faults, limits);
    else if (defaultValue === undefined && isNonNullType(type)) faults.add(name, `$${name} is missing`);
    if (faults.isFull) break;
  }
  return faults;
}

/** How long a value may be. */
interface Longest {
  /** Items of a list. */
  readonly listItems: number;
  /** Characters of a text. */
  readonly longest: number;
}

function check(value: unknown, type: GraphQLInputType, at: Place, faults: Faults, limits: Longest): void {
  if (isNonNullType(type)) {
    if (value === null || value === undefined) tell(faults, at, 'must not be null');
    else check(value, type.ofType, at, faults, limits);
    return;
  }
  if (value === null || value === undefined) return;
  if (isListType(type)) {
    if (Array.isArray(value)) checkList(value, type.ofType, at, faults, limits);
    else check(value, type.ofType, at, faults, limits);
    return;
  }
  if (isInputObjectType(type)) {
    if (typeof value !== 'object' || Array.isArray(value)) tell(faults, at, `must be an object of type ${type.name}`);
    else checkFields(value as Values, type, at, faults, limits);
    return;
  }
  if (isEnumType(type)) {
    if (typeof value !== 'string' || type.getValue(value) === undefined) tell(faults, at, `must be a ${type.name}`);
    return;
  }
  const rule = builtIn.get(type.name);
  if (rule !== undefined) {
    if (!rule.holds(value)) tell(faults, at, `must be ${rule.mustBe}`);
    else if (typeof value === 'string' && value.length > limits.longest)
      tell(faults, at, `must have ${limits.longest} characters at most`);
    return;
  }
  try {
    type.parseValue(value);
  } catch (error) {
    tell(faults, at, error instanceof Error ? error.message : `must be a ${type.name}`);
  }
}

/** A list longer than lists may be is not looked into. */
function checkList(list: readonly unknown[], type: GraphQLInputType, at: Place, faults: Faults, limits: Longest): void {
  if (list.length > limits.listItems) tell(faults, at, `has ${list.length} items; the limit is ${limits.listItems}`);
  else
    for (let key = 0; key < list.length && !faults.isFull; key++)
      check(list[key], type, { within: at, key }, faults, limits);
}

function checkFields(
  value: Values,
  type: GraphQLInputObjectType,
  at: Place,
  faults: Faults,
  { listItems }: Longest,
): void {
  const fields = type.getFields();
  for (const name in fields) {
    const field = fields[name];
    if (field === undefined) continue;
    const given = value[name];
    const limits = { listItems, longest: longestText(field) };
    if (given !== undefined) check(given, field.type, { within: at, key: name }, faults, limits);
    else if (field.defaultValue === undefined && isNonNullType(field.type))
      tell(faults, { within: at, key: name }, 'is missing');
    if (faults.isFull) return;
  }
  for (const name in value) {
    if (!Object.hasOwn(fields, name)) tell(faults, { within: at, key: name }, `is not a field of ${type.name}`);
    if (faults.isFull) return;
  }
}

function tell(faults: Faults, at: Place, what: string): void {
  const path = pathTo(at);
  faults.add(path, `$${path} ${what}`);
}

interface Rule {
  readonly mustBe: string;
  readonly holds: (value: unknown) => boolean;
}

const mostInt = 2 ** 31;
const isInt = (value: unknown) =>
  typeof value === 'number' && Number.isInteger(value) && value < mostInt && value >= -mostInt;

/** What the scalars of GraphQL take. */
const builtIn: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['Int', { mustBe: 'a whole number of 32 bits', holds: isInt }],
  ['Float', { mustBe: 'a number', holds: (value) => typeof value === 'number' && Number.isFinite(value) }],
  ['String', { mustBe: 'text', holds: (value) => typeof value === 'string' }],
  ['Boolean', { mustBe: 'true or false', holds: (value) => typeof value === 'boolean' }],
  ['ID', { mustBe: 'text', holds: (value) => typeof value === 'string' || Number.isInteger(value) }],
]);
