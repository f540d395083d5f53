import { ValidateBy } from 'class-validator';
import { customerIdOf, customerIdRule } from '../../parsing/customer-id.js';

/** The rule of a field that names a customer; outer blanks are cut where it is read. */
export const IsCustomerId = ({ each = false }: { readonly each?: boolean } = {}) =>
  ValidateBy(
    {
      name: 'isCustomerId',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && customerIdOf(value) !== undefined,
        defaultMessage: (given) => `${given?.property ?? 'customer'} ${customerIdRule}`,
      },
    },
    { each },
  );
