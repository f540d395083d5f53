import { type Instant } from '../business-time/calendar.js';
import { compileCalendar } from '../business-time/compile-calendar.js';
import { officeHours } from '../catalogue/domain/built-in-plans.js';
import { Random } from './random.js';
import { openedByHour, openedByWeekday } from './sample-figures.js';
import { type SampleCustomer, type SampleFact, sampleTicket, sampleWords } from './sample-ticket.js';

export interface SampleOptions {
  readonly seed: number;
  readonly tickets: number;
  /** The log's end; what would have happened later is left out. */
  readonly until: Instant;
  /** How many days back it begins. */
  readonly days: number;
  readonly timeZone: string;
}

const dayMs = 86_400_000;

/**
 * An invented log in Pledge's own format, line by line in order of time: words of the desk and customers first, then what happened to their
 * tickets. The same options give the same log. What is held grows with the tickets open at a time, not with the log.
 */
export function* sampleLog(options: SampleOptions): Generator<string, void, undefined> {
  const { seed, tickets, until } = options;
  const random = new Random(seed);
  const calendar = compileCalendar(officeHours(options.timeZone));
  const customers = makeCustomers(random, Math.max(5, Math.min(400, Math.ceil(tickets / 10))));
  for (const word of sampleWords) yield JSON.stringify({ event: 'WordDefined', ...word });
  for (const { id: customer, name, plan } of customers)
    yield JSON.stringify({ event: 'CustomerEnrolled', customer, name, plan });

  const pending = new SampleTimeline();
  let number = 0;
  for (const openedAt of openings(options, random)) {
    yield* pending.until(openedAt);
    number += 1;
    const customer = customers[Math.floor(customers.length * random.next() ** 2.2)]; // few customers ask much
    if (customer === undefined) continue;
    for (const fact of sampleTicket(`T-${String(number).padStart(6, '0')}`, openedAt, customer, random, calendar)) {
      if (fact.at <= until) pending.add(fact);
    }
  }
  yield* pending.until(Infinity);
}

const plans = ['community', 'standard', 'pro', 'advanced', 'enterprise'] as const;
const planWeights = [15, 30, 30, 15, 10];
const first = [
  'Alder',
  'Birch',
  'Cedar',
  'Dune',
  'Elm',
  'Fjord',
  'Glen',
  'Harbour',
  'Isle',
  'Juniper',
  'Kestrel',
  'Larch',
];
const second = ['Health', 'Foods', 'Energy', 'Logistics', 'Clinics', 'Schools', 'Works', 'Partners', 'Labs', 'Trust'];

const makeCustomers = (random: Random, count: number): readonly SampleCustomer[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `customer-${String(i + 1).padStart(3, '0')}`,
    name: `${random.pick(first)} ${random.pick(second)}`,
    plan: plans[random.weighted(planWeights)] ?? 'standard',
  }));

/** When tickets are opened, in order: each day's share by its weekday, each hour's by its place in the day. */
function* openings(options: SampleOptions, random: Random): Generator<Instant> {
  const { tickets, until, days, timeZone } = options;
  const midnight = Math.floor(until / dayMs) * dayMs - days * dayMs;
  const offset = localOffset(midnight, timeZone);
  const weightOf = (day: number): number =>
    openedByWeekday[(new Date(midnight + day * dayMs).getUTCDay() + 6) % 7] ?? 0;
  const total = Array.from({ length: days }, (_, day) => weightOf(day)).reduce((sum, weight) => sum + weight, 0);
  let weight = 0;
  let opened = 0;
  for (let day = 0; day < days; day++) {
    weight += weightOf(day);
    const due = Math.round((tickets * weight) / total);
    const times = Array.from({ length: due - opened }, () => {
      const hour = random.weighted(openedByHour);
      return midnight - offset + day * dayMs + Math.floor((hour + random.next()) * 3_600_000);
    });
    opened = due;
    yield* times.filter((at) => at <= until).sort((a, b) => a - b);
  }
}

/** How far a zone's clock is ahead of UTC, in milliseconds; good to the hour, which is all a sample needs. */
function localOffset(at: Instant, timeZone: string): number {
  const hour = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }).format(at);
  const ahead = (Number(hour) - new Date(at).getUTCHours() + 24) % 24;
  return (ahead > 12 ? ahead - 24 : ahead) * 3_600_000;
}

/** Facts to come, soonest first: a binary heap. */
class SampleTimeline {
  private readonly heap: SampleFact[] = [];

  add(fact: SampleFact): void {
    const { heap } = this;
    let i = heap.push(fact) - 1;
    for (let up = (i - 1) >> 1; i > 0 && isBefore(fact, heap[up]); up = (i - 1) >> 1) {
      heap[i] = heap[up] as SampleFact;
      heap[up] = fact;
      i = up;
    }
  }

  /** The lines of all facts before an instant, in order. */
  *until(at: Instant): Generator<string, void, undefined> {
    for (let [next] = this.heap; next !== undefined && next.at < at; [next] = this.heap) {
      this.drop();
      yield next.line;
    }
  }

  private drop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      const least = isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
      const child = heap[least];
      if (child === undefined || !isBefore(child, last)) break;
      heap[i] = child;
      i = least;
    }
    heap[i] = last;
  }
}

/** By time; facts of the same instant in the order in which they were made. */
const isBefore = (a: SampleFact | undefined, b: SampleFact | undefined) =>
  a !== undefined && (b === undefined || a.at < b.at || (a.at === b.at && a.command < b.command));
