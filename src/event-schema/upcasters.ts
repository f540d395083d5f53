import { outcomeTypes } from '../clocks/outcome.js';
import { type Upcaster, upcasting } from '../event-sourcing/upcast.js';
import { factTypes } from '../tickets/domain/facts.js';
import { type RecordedType } from './recorded-event.js';

/** Types that have only their first version so far. One that changes gets a line of its own after them. */
const unchanged = <Type extends string>(types: readonly Type[]) =>
  Object.fromEntries(types.map((type) => [type, []])) as unknown as Readonly<Record<Type, readonly Upcaster[]>>;

/**
 * Every type of event with what leads from each of its released versions to the next. What was released is never edited:
 * a change that old events do not bear adds a step here, a schema and a fixture (docs/events/README.md).
 */
export const upcasters = {
  ...unchanged(factTypes),
  ...unchanged(outcomeTypes),

  PlanDefined: [],
  PlanRevised: [],
  PlanRetired: [],
  CalendarDefined: [],
  CalendarRevised: [],
  CustomerEnrolled: [],
  CustomerPlanChanged: [],
  CustomerCalendarSet: [],
  CustomerEnrolmentEnded: [],
  CustomersJoined: [],
  WordDefined: [],
  WordRevised: [],
  WordRetired: [],
  WordRestored: [],

  WebhookRegistered: [],
  WebhookChanged: [],
  WebhookDisabled: [],
  WebhookEnabled: [],
  WebhookSecretRotated: [],
  WebhookRemoved: [],

  ImportStarted: [],
  ImportFinished: [],
} as const satisfies Readonly<Record<RecordedType, readonly Upcaster[]>>;

/** Reads an event of any released version as its newest would say. */
export const upcast = upcasting(upcasters);
