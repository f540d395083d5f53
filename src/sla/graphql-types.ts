/** The types of clocks, for other slices' types to hold. */
export { ClockType, TargetType, toClockType, VersionRefType } from './graphql/clock.type.js';
