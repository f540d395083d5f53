import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { Extensions } from '@nestjs/graphql';
import { type GraphQLField, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { type Reader } from './asker.js';
import { type Identity } from './identity.js';
import { type Permission, permissions } from './permissions.js';

/** What a request knows of its sender. */
export interface RequestContext {
  readonly identity: Identity;
  /** Aborts when whoever asked has gone. */
  readonly signal: AbortSignal;
}

/** Says which permission a query, mutation or subscription takes, or a field beyond that; the schema carries it. */
export const Requires = (permission: Permission): MethodDecorator & PropertyDecorator => Extensions({ permission });

/** Who asks, as a parameter of a resolver's method. */
export const Caller = createParamDecorator(
  (_: unknown, host: ExecutionContext) => host.getArgByIndex<RequestContext>(2).identity,
);

/** Who asks, and until when, as a parameter of a resolver's method that reads. */
export const Asking = createParamDecorator((_: unknown, host: ExecutionContext): Reader => {
  const { identity, signal } = host.getArgByIndex<RequestContext>(2);
  return { scope: identity.scope, who: identity.actor.id, signal };
});

/** The permission that an operation or field takes; undefined where none was declared. */
export function permissionOf(field: Pick<GraphQLField<unknown, unknown>, 'extensions'>): Permission | undefined {
  const { permission } = field.extensions;
  return typeof permission === 'string' && Object.hasOwn(permissions, permission)
    ? (permission as Permission)
    : undefined;
}

/** The types whose fields are operations: each takes a permission. */
export const rootTypesOf = (schema: GraphQLSchema): readonly GraphQLObjectType[] =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) => type ?? []);

/** Why somebody may not do something, in words; undefined: they may. */
export function whyNot(identity: Identity, operation: string, permission: Permission): string | undefined {
  if (identity.may.has(permission)) return undefined;
  const { roles, ...rest } = permissions[permission];
  const ofAll = 'ofEveryone' in rest ? ', for all customers' : '';
  return `${operation} requires one of the roles ${roles.join(', ')}${ofAll}.`;
}
