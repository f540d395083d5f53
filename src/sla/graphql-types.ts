/** The filter of the feed, for others that deliver it. */
export { SlaEventFilterInput, toFeedFilter } from '../feed/graphql/sla-event.types.js';
/** The types of clocks, for other slices' types to hold. */
export { ClockType, TargetType, toClockType, VersionRefType } from '../tickets/graphql/clock.type.js';
