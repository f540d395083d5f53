import { type Api } from './api.js';

/** A message of the feed, with what was asked for of events. */
export interface FeedMessage {
  readonly __typename: 'SlaEvent' | 'SlaHeartbeat';
  readonly cursor: string;
  readonly [field: string]: unknown;
}

/** Listens to the feed with a test's choice of an event's fields. */
export function listen(
  api: Api,
  fields: string,
  variables: { readonly after?: string | undefined; readonly filter?: Record<string, unknown> } = {},
  ofHeartbeats = 'cursor',
) {
  const heard = api.subscribe(
    `subscription ($after: Position, $filter: SlaEventFilter) {
      slaEvents(after: $after, filter: $filter) { __typename cursor ... on SlaEvent { ${fields} }
        ... on SlaHeartbeat { ${ofHeartbeats} } }
    }`,
    variables,
  );
  const next = async () => (await heard.next())['slaEvents'] as unknown as FeedMessage;
  return {
    /** Whatever comes next. */
    next,
    /** The next event; heartbeats are left out. */
    event: async () => {
      for (;;) {
        const message = await next();
        if (message.__typename === 'SlaEvent') return message;
      }
    },
    leave: heard.leave,
  };
}
