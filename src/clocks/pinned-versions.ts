/** A version of something, by code. Versions are never edited. */
export interface VersionRef {
  readonly code: string;
  readonly version: number;
}

/** The versions that govern what a fact starts, as they were in force when it occurred. */
export interface PinnedVersions {
  readonly plan: VersionRef;
  readonly calendar: VersionRef;
}

export const isSameVersion = (a: VersionRef, b: VersionRef) => a.code === b.code && a.version === b.version;

export const arePinnedAlike = (a: PinnedVersions, b: PinnedVersions) =>
  isSameVersion(a.plan, b.plan) && isSameVersion(a.calendar, b.calendar);

/** Whether a version is older than another of the same plan or calendar. */
export const isOlder = (a: VersionRef, b: VersionRef) => a.code === b.code && a.version < b.version;
