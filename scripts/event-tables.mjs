/** The tables of events and fields in docs/imports.md: what stands between two comments there is made from the definitions. */
import { eventFields, externalId, shortNames } from '../dist/tickets/domain/event-fields.js';
import { reportedTypes } from '../dist/tickets/domain/facts.js';
import { reportedEvents } from '../dist/tickets/domain/reported-events.js';

const [opens, closes] = ['<!-- from the definitions of events -->\n\n', '\n<!-- up to here -->'];

/** The log itself is the source, and each ticket has its id there. */
const inLogs = (name) => name !== 'source' && name !== 'externalId';
const named = (name) => `\`${shortNames[name] ?? name}\``;
const row = (...cells) => `| ${cells.join(' | ')} |\n`;

function eventRow(type) {
  const { says, required, optional } = reportedEvents[type];
  const others = optional.filter(inLogs).map(named).join(', ');
  const fields = [...required.map(named), ...(others === '' ? [] : [`[${others}]`])].join(', ');
  return row(`\`${type}\``, says, fields === '' ? '–' : fields);
}

/** A field with its short name once for each event that has it; others once. */
function fieldRow(name) {
  const { kind, takes, says } = eventFields[name];
  const events = reportedTypes.filter((type) =>
    [...reportedEvents[type].required, ...reportedEvents[type].optional].includes(name),
  );
  const of = name in shortNames ? ` of ${events.map((type) => `\`${type}\``).join(', ')}` : '';
  return row(`${named(name)}${of}`, kind === 'ticket' ? externalId.takes : takes, says);
}

const tables = [
  row('event', 'what happened', 'fields, the optional ones in brackets'),
  row('---', '---', '---').replaceAll(' ', ''),
  ...reportedTypes.map(eventRow),
  '\n',
  row('field', 'takes', 'meaning'),
  row('---', '---', '---').replaceAll(' ', ''),
  ...Object.keys(eventFields).filter(inLogs).map(fieldRow),
].join('');

/** The page with the tables as they should be. */
export function pageOfEvents(page) {
  const [from, to] = [page.indexOf(opens) + opens.length, page.indexOf(closes)];
  if (from < opens.length || to < from) throw new Error('docs/imports.md has no place for the tables of events');
  return page.slice(0, from) + tables + page.slice(to);
}
