import { type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { TypeMetadataStorage } from '@nestjs/graphql';
import { getMetadataStorage, type ValidationError, validateSync } from 'class-validator';
import { GraphQLError } from 'graphql';

type Class = new () => object;

const isClass = (type: unknown): type is Class =>
  typeof type === 'function' &&
  type !== String &&
  type !== Number &&
  type !== Boolean &&
  type !== Object &&
  type !== Array;

interface Fault {
  readonly path: string;
  readonly message: string;
}

function faultsOf(errors: readonly ValidationError[], path: string): readonly Fault[] {
  return errors.flatMap(({ property, constraints = {}, children = [] }) => {
    const here = path === '' ? property : `${path}.${property}`;
    return [...Object.values(constraints).map((message) => ({ path: here, message })), ...faultsOf(children, here)];
  });
}

const badInput = (message: string, fields: readonly Fault[]) =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', fields } });

/**
 * Makes what is said to be null what is left out, within what is within too, so that nobody has to tell them apart.
 * @throws GraphQLError `BAD_USER_INPUT` for a list that is too long
 */
function tidy(value: unknown, longest: number, path: string): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) {
    const fields = value as Record<string, unknown>;
    for (const [name, inside] of Object.entries(fields)) {
      if (inside === null) Reflect.deleteProperty(fields, name);
      else tidy(inside, longest, path === '' ? name : `${path}.${name}`);
    }
    return;
  }
  if (value.length > longest) {
    const message = `${path === '' ? 'The list' : path} has ${value.length} items, and may have ${longest}.`;
    throw badInput(message, [{ path, message }]);
  }
  for (const item of value) tidy(item, longest, path);
}

/** The inputs with rules within an input, by the field that each is in. */
type Within = ReadonlyMap<string, Class>;

const known = new Map<Class, Within>();

function within(type: Class): Within {
  const before = known.get(type);
  if (before !== undefined) return before;
  const fields = new Map<string, Class>();
  for (const { target, properties } of [
    ...TypeMetadataStorage.getInputTypesMetadata(),
    ...TypeMetadataStorage.getArgumentsMetadata(),
  ]) {
    if (target !== type && !((type.prototype as unknown) instanceof target)) continue;
    for (const { name, typeFn } of properties ?? []) {
      const inside: unknown = [typeFn()].flat(3)[0];
      if (isClass(inside) && hasRules(inside)) fields.set(name, inside);
    }
  }
  known.set(type, fields);
  return fields;
}

/** Whether a class of inputs has rules; one that has none is checked by hand, and so is what is within. */
const hasRules = (type: Class) => getMetadataStorage().getTargetValidationMetadatas(type, '', false, false).length > 0;

/** What is wrong with an input and those within it, by the rules of their classes. */
function faultsIn(value: object, type: Class, path: string): readonly Fault[] {
  const input = Object.assign(new type(), value);
  const own = faultsOf(validateSync(input, { forbidUnknownValues: false }), path);
  const inside = [...within(type)].flatMap(([name, of]) => {
    const held: unknown = Reflect.get(value, name);
    const at = path === '' ? name : `${path}.${name}`;
    return [held].flat().flatMap((one) => (typeof one === 'object' && one !== null ? faultsIn(one, of, at) : []));
  });
  return [...own, ...inside];
}

/**
 * Checks an input by its class's rules. In one step and without conversion: GraphQL has given every value its type
 * already, and Nest's own pipe costs a third of a request.
 */
export class ValidateInput implements PipeTransform {
  constructor(private readonly longestList: number) {}

  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (typeof value !== 'object' || value === null || type !== 'body') return value;
    tidy(value, this.longestList, '');
    if (!isClass(metatype)) return value;
    const fields = faultsIn(value, metatype, '');
    if (fields.length === 0) return Object.assign(new metatype(), value);
    throw badInput(fields.map(({ message }) => message).join('; '), fields);
  }
}
