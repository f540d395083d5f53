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

/**
 * Checks an input by its class's rules. In one step and without conversion: GraphQL has given every value its type
 * already, and Nest's own pipe costs a third of a request.
 */
export class ValidateInput implements PipeTransform {
  transform(value: unknown, { metatype }: ArgumentMetadata): unknown {
    if (typeof value !== 'object' || value === null || !isClass(metatype)) return value;
    const input = Object.assign(new metatype(), value);
    const errors = validateSync(input, { forbidUnknownValues: false });
    if (errors.length === 0) return input;
    const fields = faultsOf(errors, '');
    throw new GraphQLError(fields.map(({ message }) => message).join('; '), {
      extensions: { code: 'BAD_USER_INPUT', fields },
    });
  }
}
