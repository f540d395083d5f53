import { type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { type ValidationError, validateSync } from 'class-validator';
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
    const input = Object.assign(new metatype(), value);
    const errors = validateSync(input, { forbidUnknownValues: false });
    if (errors.length === 0) return input;
    const fields = faultsOf(errors, '');
    throw badInput(fields.map(({ message }) => message).join('; '), fields);
  }
}
