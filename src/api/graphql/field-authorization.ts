import { defaultFieldResolver, GraphQLError, type GraphQLField, type GraphQLSchema, isObjectType } from 'graphql';
import { expectWanted } from '../../event-sourcing/handle-command.js';
import { inTurn } from '../../event-sourcing/yield-to-event-loop.js';
import { type Identity, noLongerHolds } from '../../auth/identity.js';
import { type Permission } from '../../auth/permissions.js';
import { permissionOf, type RequestContext, rootTypesOf, whyNot } from '../../auth/requires.js';

type Operation = GraphQLField<unknown, RequestContext>;

/**
 * A schema whose operations first check whether the caller may use them; so do the fields that have a permission of their
 * own. This is the one guard, over HTTP and over WebSocket.
 * @throws Error where an operation declares no permission
 */
export function authorizeFields(schema: GraphQLSchema): GraphQLSchema {
  const roots = rootTypesOf(schema);
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    for (const field of Object.values<Operation>(type.getFields())) {
      const permission = permissionOf(field);
      if (roots.includes(type)) guard(field, field.name, permission, { changes: type === schema.getMutationType() });
      else if (permission !== undefined) guard(field, `${type.name}.${field.name}`, permission);
    }
  }
  return schema;
}

interface Root {
  readonly changes: boolean;
}

function guard(field: Operation, name: string, permission: Permission | undefined, root?: Root): void {
  if (permission === undefined) throw new Error(`the operation ${name} declares no permission`);
  const { resolve = defaultFieldResolver, subscribe } = field;
  if (subscribe === undefined) {
    field.resolve = (source, args, context, info) => {
      expectMay(context.identity, name, permission);
      if (root === undefined) return resolve(source, args, context, info);
      const go = () => {
        expectHolds(context.identity);
        if (root.changes) expectWanted(context.signal);
        return resolve(source, args, context, info);
      };
      return inTurn(go, context.identity.actor.id); // many fields are asked for at once, by many, and some take a while
    };
  } else {
    field.subscribe = async (source, args, context, info) => {
      expectMay(context.identity, name, permission);
      const messages = (await subscribe(source, args, context, info)) as AsyncIterator<unknown> | Error;
      if (messages instanceof Error) throw messages; // Nest answers a refusal so
      return whileHolding(messages, context.identity);
    };
  }
}

function expectMay(identity: Identity, operation: string, permission: Permission): void {
  const why = whyNot(identity, operation, permission);
  if (why !== undefined) throw new GraphQLError(why, { extensions: { code: 'FORBIDDEN' } });
}

/** Asks again before each: a request may take its time to come, and so may those before it in a document. */
function expectHolds(identity: Identity): void {
  const over = identity.over();
  if (over !== undefined) throw noLongerHolds(over);
}

/** Asks again before each message: whoever is no longer who they were hears nothing more. */
function whileHolding(messages: AsyncIterator<unknown>, identity: Identity): AsyncIterableIterator<unknown> {
  const leave = async (): Promise<IteratorReturnResult<undefined>> => {
    await messages.return?.();
    return { done: true, value: undefined };
  };
  return {
    async next() {
      const message = await messages.next();
      return identity.over() === undefined ? message : leave();
    },
    return: leave,
    async throw(error: unknown) {
      await messages.throw?.(error);
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
