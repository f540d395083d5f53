import {
  type DocumentNode,
  type GraphQLSchema,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { type Limits, standardLimits } from '../limits.js';
import { type Faults } from './faults.js';
import { faultsOfVariables } from './variable-faults.js';

/** What is asked, by whom that is found valid. */
export interface AskedOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

type Values = Readonly<Record<string, unknown>>;

/**
 * What is wrong with the variables of a request. All of it is found before anything is done: a mutation that failed for its
 * variables, before its resolver heard of it, would leave those after it to go on as if it had been done.
 */
export function faultsOfRequest(
  asked: AskedOperation,
  values: Values,
  limits: Pick<Limits, 'listItems'> = standardLimits,
): Faults {
  const faults = faultsOfVariables(asked.schema, asked.operation, values, limits);
  for (const { type, variable } of asked.operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    const isNull = type.kind !== Kind.NON_NULL_TYPE && Object.hasOwn(values, name) && values[name] === null;
    if (isNull && neededBy(asked).has(name)) faults.add(name, `$${name} must not be null`);
  }
  return faults;
}

/** Documents are asked again and again. */
const needed = new WeakMap<OperationDefinitionNode, ReadonlySet<string>>();

/** The variables that stand where there must be a value. One with a default may, and be null all the same. */
function neededBy({ schema, document, operation }: AskedOperation): ReadonlySet<string> {
  const known = needed.get(operation);
  if (known !== undefined) return known;
  const names = new Set<string>();
  const types = new TypeInfo(schema);
  const look = {
    OperationDefinition: (other: OperationDefinitionNode) => (other === operation ? undefined : false),
    VariableDefinition: () => false,
    Variable: ({ name }: { readonly name: { readonly value: string } }) => {
      if (isNonNullType(types.getInputType())) names.add(name.value);
    },
  } as const;
  visit(document, visitWithTypeInfo(types, look));
  needed.set(operation, names);
  return names;
}
