import {
  type ASTVisitor,
  type FieldNode,
  getNamedType,
  getNullableType,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLField,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
  type ValueNode,
} from 'graphql';
import { type Limits } from '../limits.js';
import { mayScan } from './may-scan.js';
import { PageInfo } from './relay-connection.js';

/** A list that is no page is counted as so long. */
const listLength = 5;
const pageDefault = 50;
const pageMost = 200;

interface Page {
  readonly size: number;
  /** The fields of its `PageInfo` that take another look at the list, beyond a cursor. */
  readonly looksFor: readonly string[];
}

interface Weight {
  /** Fields of the largest answer. */
  readonly cost: number;
  readonly directives: number;
  /** Fields beside each other, those of fragments among them. */
  readonly breadth: number;
}

const nothing: Weight = { cost: 0, directives: 0, breadth: 0 };

/**
 * Limits what a document can make the server answer: a page counts as the rows asked for – the most there are where a
 * variable says how many –, and a fragment wherever it is spread. graphql-armor counts neither pages without a number,
 * nor pages by variable, nor the directives on a spread that comes again. What is asked of the schema itself is left to
 * the rule of graphql-js about it. A query that may look at many rows says so ({@link MayScan}), and costs more than it answers;
 * so does whether a page has more rows beyond a cursor.
 */
export const queryCostRule = (limits: Limits): ValidationRule => {
  return (context: ValidationContext): ASTVisitor => ({
    OperationDefinition(operation) {
      const root = context.getSchema().getRootType(operation.operation);
      if (root === undefined || root === null) return;
      const { cost, directives, breadth } = weigh(context, limits, operation.selectionSet, root);
      const own = (operation.directives?.length ?? 0) + directives;
      const refuse = (what: string, most: number) => {
        context.reportError(new GraphQLError(`The document is too expensive: ${what}; the limit is ${most}.`));
      };
      if (breadth > limits.rootFields) refuse(`${breadth} fields at its root`, limits.rootFields);
      const extra = `where a query that may look at many rows counts as ${limits.scanCost} more`;
      if (cost > limits.cost) refuse(`an answer of ${cost} fields, ${extra}`, limits.cost);
      if (own > limits.directives) refuse(`${own} directives`, limits.directives);
    },
    SelectionSet({ selections }) {
      if (selections.length <= limits.breadth) return;
      const message = `The document is too expensive: ${selections.length} fields beside each other; the limit is ${limits.breadth}.`;
      context.reportError(new GraphQLError(message));
    },
  });
};

/** The weight of a document's selections; each fragment is weighed once for each type and page it is spread in. */
function weigh(
  context: ValidationContext,
  limits: Limits,
  root: SelectionSetNode,
  rootType: GraphQLCompositeType,
): Weight {
  const schema = context.getSchema();
  const known = new Map<string, Weight>();

  function ofSet(set: SelectionSetNode, type: GraphQLCompositeType, page?: Page): Weight {
    let sum = nothing;
    for (const selection of set.selections) sum = plus(sum, ofSelection(selection, type, page));
    return sum;
  }

  function ofSelection(selection: SelectionNode, type: GraphQLCompositeType, page?: Page): Weight {
    const directives = selection.directives?.length ?? 0;
    if (selection.kind === Kind.FIELD) return plus({ ...ofField(selection, type, page), breadth: 1 }, { directives });
    if (selection.kind === Kind.FRAGMENT_SPREAD) return plus(ofFragment(selection.name.value, page), { directives });
    const inside = selection.typeCondition && schema.getType(selection.typeCondition.name.value);
    return plus(ofSet(selection.selectionSet, isCompositeType(inside) ? inside : type, page), { directives });
  }

  function ofFragment(name: string, page?: Page): Weight {
    const key = JSON.stringify([name, page]);
    const before = known.get(key);
    if (before !== undefined) return before;
    known.set(key, nothing); // a cycle, which another rule refuses, ends here
    const fragment = context.getFragment(name);
    const type = fragment && schema.getType(fragment.typeCondition.name.value);
    if (!fragment || !isCompositeType(type)) return nothing;
    const weight = plus(ofSet(fragment.selectionSet, type, page), { directives: fragment.directives?.length ?? 0 });
    known.set(key, weight);
    return weight;
  }

  function ofField(field: FieldNode, parent: GraphQLCompositeType, page?: Page): Weight {
    const definition =
      isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[field.name.value] : undefined;
    const type = definition && getNamedType(definition.type);
    const looksFurther = parent.name === PageInfo.name && page?.looksFor.includes(field.name.value);
    const own = mayScan(definition) || looksFurther ? 1 + limits.scanCost : 1;
    if (field.selectionSet === undefined || !isCompositeType(type)) return { ...nothing, cost: own };
    const inside = type.name === PageInfo.name ? page : pageOf(field, definition);
    const { cost, directives } = ofSet(field.selectionSet, type, inside);
    const times = isListType(getNullableType(definition?.type)) ? (page?.size ?? listLength) : 1;
    return { ...nothing, cost: own + times * cost, directives };
  }

  return ofSet(root, rootType);
}

const plus = (a: Weight, b: Partial<Weight>): Weight => ({
  cost: a.cost + (b.cost ?? 0),
  directives: a.directives + (b.directives ?? 0),
  breadth: a.breadth + (b.breadth ?? 0),
});

/** What a field is asked for that takes `first`, `last` and cursors; undefined for one that is no page. */
function pageOf(field: FieldNode, definition: GraphQLField<unknown, unknown> | undefined): Page | undefined {
  if (definition?.args.some(({ name }) => name === 'first') !== true) return undefined;
  const given = new Map((field.arguments ?? []).map(({ name, value }) => [name.value, value]));
  for (const [name, value] of given) if (value.kind === Kind.NULL) given.delete(name);
  const sizes = ['first', 'last'].flatMap((name) => given.get(name) ?? []).map(sizeIn);
  return {
    size: sizes.length === 0 ? pageDefault : Math.max(...sizes),
    looksFor: [...(given.has('after') ? ['hasPreviousPage'] : []), ...(given.has('before') ? ['hasNextPage'] : [])],
  };
}

/** The resolver refuses what is no page; here it must not count as nothing. */
const sizeIn = (value: ValueNode): number =>
  value.kind === Kind.INT ? Math.min(Math.max(Number(value.value), 1), pageMost) : pageMost;
