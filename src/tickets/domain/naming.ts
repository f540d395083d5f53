/** The fields by which events name a ticket. */
export interface NamingFields {
  /** Each by itself; the first is the usual one. */
  readonly ids: readonly [string, ...string[]];
  /** Both together. */
  readonly source: string;
  readonly externalId: string;
  /** By itself; undefined where nobody calls the ticket by one yet. */
  readonly reference?: string;
}

/** What is wrong with how an event names a ticket, which it does in one way; undefined: nothing is. */
export function namingFault(
  { ids, source, externalId, reference }: NamingFields,
  input: object,
): { readonly field: string; readonly why: string } | undefined {
  const fields = [...ids, ...(reference === undefined ? [] : [reference]), source, externalId];
  const [first, second] = fields.filter((name) => Reflect.get(input, name) != null);
  const by = `${ids.join(', by ')}, by ${source} and ${externalId}`;
  const all = reference === undefined ? by : `${by}, or by ${reference}`;
  if (first === undefined) return { field: ids[0], why: `is missing: name the ticket by ${all}` };
  if (second === undefined && first === source) return { field: externalId, why: `must be given with ${source}` };
  if (first === externalId) return { field: source, why: `must be given with ${externalId}` };
  if (second === undefined || first === source) return undefined;
  return { field: second, why: `must not be given with ${first}: name the ticket once, by ${all}` };
}
