import {
  type FieldNode,
  getArgumentValues,
  getDirectiveValues,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  Kind,
  type SelectionNode,
} from 'graphql';
import { type Identity } from '../../auth/identity.js';
import { customerIdOf } from '../../parsing/customer-id.js';
import { openingId } from './opening-id.js';

/** An opening that a document asks for, by itself or by a split; as it came in, it may be wrong. */
export interface DocumentOpening {
  readonly by: 'opening' | 'split';
  /** The customer whose ticket it is to be, or the ticket that it is split off from. */
  readonly of: unknown;
}

/** The openings of a document, by the tickets that they are to open. */
export type DocumentOpenings = ReadonlyMap<unknown, readonly DocumentOpening[]>;

const none: DocumentOpenings = new Map();

/** What is said of a ticket, by a mutation of its own or in bulk. */
type Said = Readonly<Record<string, unknown>>;

/** The openings that a document asks for, wherever in it: a fact may come before the mutation that is to open its ticket. */
export function openingsIn(info: GraphQLResolveInfo, identity: Identity): DocumentOpenings {
  const { selections } = info.operation.selectionSet;
  if (selections.length === 1 && selections[0]?.kind === Kind.FIELD) return none;
  const openings = new Map<unknown, DocumentOpening[]>();
  const add = (ticket: unknown, opening: DocumentOpening) => {
    openings.set(ticket, [...(openings.get(ticket) ?? []), opening]);
  };
  const open = (ticket: unknown, { customer }: Said) => {
    add(ticket, { by: 'opening', of: typeof customer === 'string' ? customerIdOf(customer) : undefined });
  };
  for (const node of fieldsIn(selections, info)) {
    const { input = {}, events = [] } = argumentsOf(node, info);
    if (node.name.value === 'openTicket') open(input['id'] ?? openingId(input, identity), input);
    if (node.name.value === 'splitTicket' && input['id'] != null) add(input['into'], { by: 'split', of: input['id'] });
    for (const said of events) {
      if (said['event'] === 'TicketOpened') open(said['ticket'] ?? openingId(said, identity), said);
      if (said['event'] === 'TicketSplit' && said['ticket'] != null)
        add(said['into'], { by: 'split', of: said['ticket'] });
    }
  }
  return openings;
}

/** The fields at the root of a document that are asked for. */
function* fieldsIn(
  selections: readonly SelectionNode[],
  info: GraphQLResolveInfo,
): Generator<FieldNode, void, undefined> {
  for (const node of selections) {
    const isSkipped = getDirectiveValues(GraphQLSkipDirective, node, info.variableValues)?.['if'] === true;
    const isLeftOut = getDirectiveValues(GraphQLIncludeDirective, node, info.variableValues)?.['if'] === false;
    if (isSkipped || isLeftOut) continue;
    if (node.kind === Kind.FIELD) yield node;
    else {
      const within = node.kind === Kind.INLINE_FRAGMENT ? node : info.fragments[node.name.value];
      yield* fieldsIn(within?.selectionSet.selections ?? [], info);
    }
  }
}

interface Given {
  readonly input?: Said;
  readonly events?: readonly Said[];
}

/** What a mutation is given. */
function argumentsOf(node: FieldNode, { parentType, variableValues }: GraphQLResolveInfo): Given {
  const field = parentType.getFields()[node.name.value];
  return field === undefined ? {} : getArgumentValues(field, node, variableValues);
}
