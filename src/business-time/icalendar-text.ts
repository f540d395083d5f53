import ICAL from 'ical.js';

/** Name, parameters, type and values of a property, as jCal (RFC 7265) has them. */
export type Property = readonly [
  name: string,
  parameters: Readonly<Record<string, unknown>>,
  type: string,
  ...values: unknown[],
];
export type Component = readonly [name: string, properties: readonly Property[], parts: readonly Component[]];

/** A component as its lines stand in the file. */
export interface Written {
  /** Of the file, from 1; folded lines count as one each. */
  readonly line: number;
  readonly lines: readonly string[];
}

/** What holidays are read from: events and zones, whichever of the file's calendars they are in. */
export interface WrittenCalendar {
  readonly events: readonly Written[];
  readonly zones: readonly Written[];
}

/** Properties whose values are words of the standard, which it compares without regard to case. */
const enumerated = /^(RRULE|STATUS|TRANSP)([;:].*)$/is;

/**
 * The events and zones of a file, each by itself, so that one that is wrong spoils no other. Publishers put several calendars
 * in a file, a byte order mark before it and blanks behind its lines.
 * @throws Error for what is no iCalendar file
 */
export function splitICalendar(text: string): WrittenCalendar {
  const found = { VEVENT: [] as Written[], VTIMEZONE: [] as Written[] };
  let open: { readonly name: keyof typeof found; readonly line: number; readonly lines: string[] } | undefined;
  let depth = 0;
  let calendars = 0;
  for (const { line, number } of unfolded(text)) {
    const [, edge, called = ''] = /^(BEGIN|END)\s*:\s*(\S+)$/i.exec(line) ?? [];
    const name = called.toUpperCase();
    if (edge?.toUpperCase() === 'BEGIN') {
      if (depth === 0 && name !== 'VCALENDAR')
        throw new Error(`line ${number} begins ${called} outside of a VCALENDAR.`);
      depth += 1;
      calendars += Number(name === 'VCALENDAR');
      if (open === undefined && (name === 'VEVENT' || name === 'VTIMEZONE')) open = { name, line: number, lines: [] };
    }
    open?.lines.push(edge === undefined ? line.replace(enumerated, upperCase) : line.toUpperCase());
    if (edge?.toUpperCase() !== 'END') continue;
    depth -= 1;
    if (open?.name !== name) continue;
    found[name].push({ line: open.line, lines: open.lines });
    open = undefined;
  }
  if (calendars === 0) throw new Error('it is no iCalendar file: it has no BEGIN:VCALENDAR.');
  if (open !== undefined) throw new Error(`the ${open.name} that begins in line ${open.line} does not end.`);
  return { events: found.VEVENT, zones: found.VTIMEZONE };
}

/** @throws Error that says what is wrong with it */
export function parseComponent({ lines }: Written): Component {
  const [component] = partsOf(['BEGIN:VCALENDAR', ...lines, 'END:VCALENDAR'].join('\r\n'));
  if (component === undefined) throw new Error('it is empty.');
  return component;
}

function partsOf(text: string): readonly Component[] {
  try {
    return (ICAL.parse(text) as unknown as Component)[2];
  } catch (error) {
    const [, part, value] = /^(\w+): invalid value "([^"]*)"/.exec(error instanceof Error ? error.message : '') ?? [];
    throw new Error(part === undefined ? 'it is not written as RFC 5545 says.' : `${part} cannot be ${value}.`);
  }
}

/** The value alone: parameters, as names of zones, keep their case. */
const upperCase = (_: string, name: string, rest: string): string => {
  const value = rest.indexOf(':');
  return `${name}${rest.slice(0, value)}${rest.slice(value).toUpperCase()}`;
};

/** The lines of a text, each with those that go on with it; what is blank at their ends is left out, and so are blank lines. */
function* unfolded(text: string): Generator<{ readonly line: string; readonly number: number }, void, undefined> {
  let [line, number, count] = ['', 0, 0];
  for (const physical of text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)) {
    count += 1;
    if (/^[ \t]/.test(physical) && line !== '') {
      line += physical.slice(1);
      continue;
    }
    if (line.trimEnd() !== '') yield { line: line.trimEnd(), number };
    [line, number] = [physical, count];
  }
  if (line.trimEnd() !== '') yield { line: line.trimEnd(), number };
}
