import { type ASTVisitor, type ValueNode } from 'graphql';
import { pathTo, type Place } from './place.js';

const places = new WeakMap<ValueNode, Place>();

/** The path to a value that stands in a document itself, as in `input.occurredAt`; undefined where nobody noted it. */
export function pathOfLiteral(value: ValueNode): string | undefined {
  const place = places.get(value);
  return place === undefined ? undefined : pathTo(place);
}

/**
 * A rule that finds nothing: it notes where each value of a document stands. Where a scalar refuses a value, graphql-js tells
 * it no more than the value, and people look for the field.
 */
export function literalPlaces(): ASTVisitor {
  const note = (value: ValueNode, key: Place['key'], within?: ValueNode) => {
    places.set(value, { within: within === undefined ? undefined : places.get(within), key });
  };
  return {
    Argument({ name, value }) {
      note(value, name.value);
    },
    VariableDefinition({ variable, defaultValue }) {
      if (defaultValue !== undefined) note(defaultValue, `$${variable.name.value}`);
    },
    ObjectValue(object) {
      for (const { name, value } of object.fields) note(value, name.value, object);
    },
    ListValue(list) {
      for (const [i, value] of list.values.entries()) note(value, i, list);
    },
  };
}
