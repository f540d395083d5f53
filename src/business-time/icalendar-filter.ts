import { type FileEvent } from './read-icalendar.js';

/**
 * Which events of a file are meant: those that fit each part that is given. Texts are compared as a whole and without regard to
 * case; `*` stands for any text. Of several texts one is enough.
 */
export interface EventFilter {
  readonly summary?: string | readonly string[];
  readonly description?: string | readonly string[];
  readonly category?: string | readonly string[];
  /** What the file says of the time of an event; one that says nothing is opaque (RFC 5545, 3.8.2.7). */
  readonly transp?: Transparency;
}

export const transparencies = ['transparent', 'opaque'] as const;
export type Transparency = (typeof transparencies)[number];

/** Whether a filter keeps an event. */
export function keptBy({ summary, description, category, transp }: EventFilter): (event: FileEvent) => boolean {
  const [isSummary, isDescription, isCategory] = [summary, description, category].map(fitting);
  return (event) =>
    (isSummary?.([event.summary]) ?? true) &&
    (isDescription?.([event.description]) ?? true) &&
    (isCategory?.(event.categories) ?? true) &&
    (transp === undefined || event.isTransparent === (transp === 'transparent'));
}

function fitting(patterns: string | readonly string[] | undefined) {
  if (patterns === undefined) return undefined;
  const parts = [patterns].flat().map((pattern) => folded(pattern).split('*'));
  return (texts: readonly string[]) => texts.some((text) => parts.some((some) => fits(folded(text), some)));
}

const folded = (text: string) => text.trim().toLowerCase();

/** Whether a text is made of the parts of a pattern, in their order, with any text between them. */
function fits(text: string, [first = '', ...rest]: readonly string[]): boolean {
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let place = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, place);
    if (found < 0) return false;
    place = found + part.length;
  }
  return text.length - last.length >= place && text.endsWith(last);
}
