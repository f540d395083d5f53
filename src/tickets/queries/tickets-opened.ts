import { type Instant } from '../../business-time/calendar.js';
import {
  type ListOrder,
  type Page,
  type PageRequest,
  type Part,
  readPage,
  selectPart,
  withNodes,
} from '../../read-models/page.js';
import { type Readable } from '../../read-models/scoped.js';

/** Whose tickets, and when they were opened. */
export interface Opened {
  readonly customer: string;
  readonly from?: Instant;
  /** Exclusive. */
  readonly before?: Instant;
}

const oldestFirst: ListOrder = { columns: ['opened_at', 'id'], direction: 'asc' };

/** The ids of a customer's tickets that were opened in a period, oldest first. */
export async function openedTickets(
  db: Readable,
  { customer, from = -Infinity, before = Infinity }: Opened,
  request: PageRequest,
): Promise<Page<string>> {
  let query = db.selectFrom('tickets').select(['id', 'opened_at']).where('customer', '=', customer);
  if (Number.isFinite(from)) query = query.where('opened_at', '>=', from);
  if (Number.isFinite(before)) query = query.where('opened_at', '<', before);
  const page = await readPage(
    {
      name: 'openedTickets',
      kinds: ['number', 'string'],
      keyOf: ({ opened_at, id }: { readonly opened_at: Instant; readonly id: string }) => [opened_at, id],
      read: (part: Part) => selectPart(query, oldestFirst, part).execute(),
    },
    request,
  );
  return withNodes(page, ({ id }) => id);
}
