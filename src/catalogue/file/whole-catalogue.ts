import { type Decider } from '../../event-sourcing/decider.js';
import { type EventStore, type NewEvent } from '../../event-sourcing/event-store.js';
import { calendarDecider, type CalendarHistory } from '../domain/calendar-decider.js';
import { customerDecider, type CustomerHistory } from '../domain/customer-decider.js';
import {
  calendarEventTypes,
  customerEventTypes,
  joinEventTypes,
  joinsStream,
  planEventTypes,
  wordEventTypes,
  wordsStream,
} from '../domain/catalogue-events.js';
import { type Joins, joinsDecider } from '../domain/joins-decider.js';
import { planDecider, type PlanHistory } from '../domain/plan-decider.js';
import { type Words } from '../domain/words.js';
import { wordsDecider } from '../domain/words-decider.js';

/** The histories of all there is, by code, in order of definition. */
export interface WholeCatalogue {
  readonly calendars: Map<string, CalendarHistory>;
  readonly plans: Map<string, PlanHistory>;
  readonly customers: Map<string, CustomerHistory>;
  /** All joins of customers, by the name of their stream. */
  readonly joins: Map<string, Joins>;
  /** All words of the desk, by the name of their stream. */
  readonly words: Map<string, Words>;
}

/** The whole catalogue as the log says; read in one go, for those who own no read models. */
export async function readCatalogue(store: Pick<EventStore, 'readAll'>): Promise<WholeCatalogue> {
  const calendars = new Map<string, CalendarHistory>();
  const plans = new Map<string, PlanHistory>();
  const customers = new Map<string, CustomerHistory>();
  const joins = new Map([[joinsStream, joinsDecider.initial]]);
  const words = new Map([[wordsStream, wordsDecider.initial]]);
  const takers = new Map<string, (event: NewEvent) => void>([
    ...calendarEventTypes.map((type) => [type, into(calendars, calendarDecider)] as const),
    ...planEventTypes.map((type) => [type, into(plans, planDecider)] as const),
    ...customerEventTypes.map((type) => [type, into(customers, customerDecider)] as const),
    ...joinEventTypes.map((type) => [type, into(joins, joinsDecider, joinsStream)] as const),
    ...wordEventTypes.map((type) => [type, into(words, wordsDecider, wordsStream)] as const),
  ]);
  for await (const event of store.readAll({ types: [...takers.keys()] })) takers.get(event.type)?.(event);
  return { calendars, plans, customers, joins, words };
}

const into =
  <History>(
    histories: Map<string, History>,
    decider: Pick<Decider<History, never, NewEvent>, 'initial' | 'evolve'>,
    ofAll?: string,
  ) =>
  (event: NewEvent) => {
    const { code, customer } = event.data as { readonly code?: string; readonly customer?: string };
    const key = ofAll ?? code ?? customer ?? '';
    histories.set(key, decider.evolve(histories.get(key) ?? decider.initial, event));
  };
