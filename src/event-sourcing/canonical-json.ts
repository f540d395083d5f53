import canonicalize from 'canonicalize';

/** A value in the canonical form of RFC 8785: equal content is equal text, in whatever order code writes its fields. */
export function canonicalJson(value: object): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('only objects and lists have a canonical form');
  return text;
}
