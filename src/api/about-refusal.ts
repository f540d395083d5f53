import { type FastifyRequest } from 'fastify';
import { type GraphQLError, Kind, type OperationDefinitionNode } from 'graphql';
import { type Identity } from '../auth/identity.js';
import { type LogEntry } from '../observability/log.js';
import { cut } from '../event-sourcing/rejection.js';

/** What a line of the log tells of who was refused what: enough to find the program at fault, and nothing that it sent. */
export type About = Pick<LogEntry, 'operation' | 'actor' | 'path'>;

/** How long each may be: an operation is named by its sender, and so is a page that does not exist. */
const longest = 200;

/** A request over HTTP, by its method and its path; what is behind the path may be a secret. */
export const aboutRequest = ({ method, url, identity }: FastifyRequest): About => ({
  operation: method,
  actor: identity?.actor.kind ?? 'unknown',
  path: cut(url.replace(/[?#].*$/s, ''), longest),
});

/** An operation of a document, and the fields that it asks for. */
export function aboutOperation(
  identity: Identity | undefined,
  name: string | null | undefined,
  operation?: OperationDefinitionNode | null,
): About {
  const own = operation?.name?.value ?? name ?? undefined;
  const named = [operation?.operation, own].filter((part) => part !== undefined).join(' ');
  const selections = operation?.selectionSet.selections ?? [];
  const fields = new Set(selections.flatMap((one) => (one.kind === Kind.FIELD ? [one.name.value] : [])));
  return {
    ...(named === '' ? {} : { operation: cut(named, longest) }),
    actor: identity?.actor.kind ?? 'unknown',
    ...(fields.size === 0 ? {} : { path: cut([...fields].join(','), longest) }),
  };
}

const known = new WeakMap<GraphQLError, About>();

/** Keeps what errors are about until they are formatted, by whoever knows it for whoever does not. */
export function noteAbout(errors: readonly GraphQLError[], about: About): void {
  for (const error of errors) known.set(error, about);
}

/** What was noted; an error of one field says which by its path in the answer. */
export function aboutError(error: unknown): About {
  const { path } = (error ?? {}) as { readonly path?: readonly (string | number)[] };
  const about = known.get(error as GraphQLError) ?? {};
  return path === undefined ? about : { ...about, path: cut(path.join('.'), longest) };
}
