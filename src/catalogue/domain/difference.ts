import { same } from './version-history.js';

/** A field that was changed, by its path, as in `pauses.followUp`. What is not there is undefined. */
export interface FieldChange {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What two contents say otherwise, field by field; a list is one field. */
export function differences(before: unknown, after: unknown, path = ''): readonly FieldChange[] {
  if (same(before, after)) return [];
  const [was, is] = [before ?? {}, after ?? {}];
  if (!isObject(was) || !isObject(is)) return [{ path, before, after }];
  const keys = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...keys].flatMap((key) => differences(was[key], is[key], path === '' ? key : `${path}.${key}`));
}
