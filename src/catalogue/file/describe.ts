import { type Target } from '../../business-time/calendar.js';
import { differences, type FieldChange } from '../domain/difference.js';
import { type CustomerJoin, type Revision } from '../domain/catalogue-events.js';
import { same } from '../domain/version-history.js';
import { type PlanTarget } from '../domain/plan.js';
import { type CatalogueChange } from './catalogue-changes.js';

/** A change in lines that people read: what it is about, then each field. */
export function describe({ kind, code, event, before }: CatalogueChange): readonly string[] {
  const { effectiveFrom, appliesToOpenTickets, version, ...after } = event.data as Partial<Revision>;
  const since =
    typeof effectiveFrom === 'number'
      ? `from ${new Date(effectiveFrom).toISOString()} on`
      : 'from the beginning of time';
  if (event.type === 'PlanRetired' || event.type === 'WordRetired') return [`- ${kind} ${code}: retired ${since}`];
  if (event.type === 'CustomerEnrolmentEnded') return [`- ${kind} ${code}: enrolment ends ${since}`];
  if (event.type === 'CustomersJoined')
    return [`+ ${kind} ${code}: joined to ${(event.data as CustomerJoin).into} ${since}`];
  if (event.type === 'WordRestored') return [`+ ${kind} ${code}: in use again`];
  const isNew = before === undefined;
  const which = isNew ? 'new, ' : version === undefined ? '' : `version ${version}, `;
  const reach = appliesToOpenTickets === true ? ', open tickets too' : '';
  const changes = differences(before, after).filter(({ path }) => !isKey(path));
  return [`${isNew ? '+' : '~'} ${kind} ${code}: ${which}${since}${reach}`, ...changes.flatMap(line)];
}

/** What the first line says already. */
const isKey = (path: string) => path === 'code' || path === 'customer' || path === 'list' || path === 'retiredFrom';

function line({ path, before, after }: FieldChange): readonly string[] {
  if (before === undefined) return isNothing(after) ? [] : [`    ${path}: ${show(after)}`];
  if (!Array.isArray(before) || !Array.isArray(after)) return [`    ${path}: ${show(before)} → ${show(after)}`];
  const parts = [...signed('−', without(before, after)), ...signed('+', without(after, before))];
  return [`    ${path}: ${parts.length === 0 ? 'in another order' : parts.join('  ')}`];
}

const isNothing = (value: unknown) => value === null || (Array.isArray(value) && value.length === 0);

const signed = (sign: string, items: readonly unknown[]) => (items.length === 0 ? [] : [`${sign} ${list(items)}`]);

const without = (items: readonly unknown[], others: readonly unknown[]) =>
  items.filter((item) => !others.some((other) => same(item, other)));

/** How many items of a list are shown. */
const shown = 5;

function list(items: readonly unknown[]): string {
  const rest = items.length > shown ? `, and ${items.length - shown} more` : '';
  return `${items.slice(0, shown).map(show).join(', ')}${rest}`;
}

function show(value: unknown): string {
  if (value === undefined || isNothing(value)) return 'none';
  if (Array.isArray(value)) return isWindow(value) ? value.join('–') : list(value);
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return JSON.stringify(value);
  if (value !== null && 'metric' in value) return promise(value as PlanTarget);
  return Object.values(value as object)
    .map(show)
    .join(' ');
}

const isWindow = (value: readonly unknown[]) =>
  value.length === 2 && value.every((part) => typeof part === 'string' && /^\d\d:\d\d/.test(part));

function promise({ metric, target, type, priority, calendar }: PlanTarget): string {
  const tickets = [type, priority].filter((part) => part !== undefined).join(' ');
  const counted = calendar === undefined ? '' : ` by ${calendar}`;
  return `${metric} in ${length(target)}${tickets === '' ? '' : ` for ${tickets}`}${counted}`;
}

const length = (target: Target) =>
  `${target.amount} ${target.unit}${target.unit === 'businessDays' && target.rule !== undefined ? ` ${target.rule}` : ''}`;
