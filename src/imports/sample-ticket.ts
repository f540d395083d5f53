import { type Calendar, type Instant } from '../business-time/calendar.js';
import { Random } from './random.js';
import { sampleCall } from './sample-call.js';
import {
  closingDays,
  priorities,
  reassignShare,
  reopenShare,
  resolutionHours,
  responseHours,
  waitHours,
  waitShare,
} from './sample-figures.js';

export interface SampleCustomer {
  readonly id: string;
  readonly name: string;
  readonly plan: string;
}

/** A line of the log, and when it happens. */
export interface SampleFact {
  readonly at: Instant;
  /** Its place among the facts of its ticket. */
  readonly command: number;
  readonly line: string;
}

const agents = ['mia', 'noor', 'ola', 'pavel', 'quinn', 'rosa', 'sven', 'tara'] as const;
const applications = ['Field visits', 'Stock count', 'Follow-up calls', 'Registration', 'Referrals'] as const;
const users = ['worker-01', 'worker-02', 'supervisor-03', 'admin-04', 'worker-05'] as const;
const subjects = {
  productBug: ['Sync stops half way', 'The form closes by itself', 'A report shows no rows', 'Photos are not uploaded'],
  productQuestion: ['How do we export all cases?', 'What does «partial» mean?', 'Can users change their language?'],
  appSpecificQuestion: [
    'Our visit form skips a question',
    'The list shows closed cases',
    'A calculation is off by one',
  ],
  onBoarding: ['Training for the new team', 'Second session of the package'],
  dataRequest: ['All visits of last month, please', 'A copy of our data'],
} as const;
type SampleType = keyof typeof subjects;
/** Words of the desk's own, beside those built in. */
export const sampleWords = [
  { list: 'type', code: 'dataRequest', name: 'Data request' },
  { list: 'channel', code: 'Live chat' },
  { list: 'priority', code: 'critical', name: 'Critical', rank: 4 },
] as const;
const types: readonly SampleType[] = [
  'productBug',
  'productQuestion',
  'appSpecificQuestion',
  'onBoarding',
  'dataRequest',
];
const typeWeights = [45, 27, 23, 3, 2];
const channels = ['reportIssue', 'email', 'phone'] as const;
const channelWeights = [50, 42, 8];
const minute = 60_000;
const hour = 3_600_000;
const day = 86_400_000;

/** The life of one ticket, as it would go if nobody looked at the clock; facts in order of time. */
export function sampleTicket(
  ticket: string,
  openedAt: Instant,
  customer: SampleCustomer,
  random: Random,
  calendar: Calendar,
): readonly SampleFact[] {
  const facts: SampleFact[] = [];
  let agent: string = random.pick(agents);
  const say = (at: Instant, event: string, more: object = {}, actor: object = { id: agent }) => {
    const occurredAt = new Date(at).toISOString();
    facts.push({ at, command: facts.length, line: JSON.stringify({ event, ticket, occurredAt, actor, ...more }) });
  };
  const after = (at: Instant, hours: number) =>
    Math.round(calendar.add(calendar.nextOpening(at), Math.max(1, hours * hour)));

  // What is rare has choices of its own, so that they change nothing else of the log.
  const rarely = new Random(openedAt);
  const seldom = new Random(openedAt + 1);
  const { type, channel, subject } = open(openedAt, customer, random, say);
  if (seldom.chance(0.03)) say(openedAt + 2 * minute, 'TicketCorrected', { subject: `${subject} (again)` });
  if (random.chance(0.5) && channel !== 'phone') {
    say(openedAt + 5_000, 'FirstResponseSent', { channel: 'email' }, { id: 'auto-reply', kind: 'automatic' });
  }
  let workedOnFrom = openedAt + minute;
  const fate = random.next();
  if (fate < 0.015) {
    const cancelledAt = after(openedAt, 0.5);
    say(cancelledAt, 'TicketCancelled', { reason: fate < 0.01 ? 'spam' : 'duplicate' });
    if (!rarely.chance(0.2)) return facts;
    say(cancelledAt + 10 * minute, 'TicketRestored'); // by mistake
    workedOnFrom = cancelledAt + 15 * minute;
  }

  const respondedAt = Math.max(workedOnFrom, after(openedAt, random.from(responseHours)));
  say(respondedAt - 30_000, 'TicketAssigned', {
    assignee: agent,
    team: type === 'productBug' ? 'engineering' : 'support',
  });
  say(respondedAt, 'FirstResponseSent', { channel: channel === 'phone' ? 'phone' : 'email' });
  if (rarely.chance(0.02)) sayTwice(`${ticket}-A`, ticket, openedAt, respondedAt, type, customer, say);
  const resolvedAt = Math.max(respondedAt + 5 * minute, after(openedAt, random.from(resolutionHours)));
  if (type === 'appSpecificQuestion' && seldom.chance(0.05)) putRight(respondedAt + minute, say);

  const promisesCalls = customer.plan === 'advanced' || customer.plan === 'enterprise';
  if (seldom.chance(promisesCalls ? 0.2 : 0.01))
    sampleCall(openedAt + 2, { agent, customer: customer.id, from: respondedAt, after, say });

  // The updates between, by whoever has it.
  let at = respondedAt;
  const heir = random.chance(reassignShare) ? random.pick(agents) : agent;
  const waits = random.chance(waitShare);
  for (let update = 0; ; update++) {
    at = after(at, random.between(0.5, 9));
    if (at >= resolvedAt) break;
    if (update === 0 && heir !== agent) {
      agent = heir;
      say(at, 'TicketAssigned', { assignee: agent, team: 'support' });
    }
    if (update === 0 && waits) {
      const back = after(at, random.from(waitHours));
      say(at, 'FollowUpSent', { channel: 'email' });
      const reason = random.chance(0.7) ? 'waitingForCustomer' : 'waitingForThirdParty';
      const wokenAt = Math.min(back, resolvedAt - minute);
      // Of some it is known when they end: then they end by themselves.
      const isTimed = wokenAt > at + minute && seldom.chance(0.2);
      const until = isTimed ? { until: new Date(wokenAt).toISOString() } : {};
      say(at + 1_000, 'TicketPaused', { reason, ...until });
      if (rarely.chance(0.1))
        say(at + 6_000, 'CustomerReplied', { channel: 'email' }, { id: customer.id, kind: 'automatic' });
      at = wokenAt;
      if (at <= respondedAt + 2 * minute) break;
      say(at, 'CustomerReplied', { channel: 'email' }, { id: customer.id });
      if (!isTimed) say(at + 1_000, 'TicketResumed');
    } else if (random.chance(0.25)) say(at, 'InternalNoteAdded', { text: 'Asked a colleague.' });
    else if (random.chance(0.2)) {
      say(at, 'CustomerReplied', { channel: 'email' }, { id: customer.id });
      if (rarely.chance(0.03)) askAnother(`${ticket}-B`, at, [after(at, 2), after(at, 5)], say);
    } else say(at, 'FollowUpSent', { channel: update % 2 === 0 ? 'email' : 'live chat' });
  }
  say(resolvedAt, 'TicketResolved', { publicReply: !random.chance(0.05) });

  let endedAt = resolvedAt;
  if (random.chance(reopenShare)) {
    const reopenedAt = after(resolvedAt, random.between(1, 30));
    say(reopenedAt, 'TicketReopened', {}, { id: customer.id });
    endedAt = after(reopenedAt, random.between(1, 24));
    say(endedAt, 'TicketResolved');
  }
  const closedAt = endedAt + random.from(closingDays) * day + minute;
  say(Math.round(closedAt), 'TicketClosed', {}, { id: 'auto-close', kind: 'automatic' });
  return facts;
}

type Say = (at: Instant, event: string, more?: object, actor?: object) => void;

/** It was no question about one app, but a bug: all of its clocks are judged again by that. */
function putRight(at: Instant, say: Say): void {
  say(at, 'TicketReclassified', { type: 'productBug' });
  say(at + 1_000, 'PlanReapplied', { answered: true });
}

/** The customer asks the same again before it is answered; the second ticket is merged into the first. */
function sayTwice(
  again: string,
  ticket: string,
  openedAt: Instant,
  respondedAt: Instant,
  type: SampleType,
  customer: SampleCustomer,
  say: Say,
): void {
  const askedAt = openedAt + 30 * minute;
  if (askedAt >= respondedAt) return;
  const [subject] = subjects[type];
  const opening = { ticket: again, customer: customer.id, type, channel: 'email', subject };
  say(askedAt, 'TicketOpened', opening, { id: customer.id });
  say(respondedAt + minute, 'TicketMerged', { ticket: again, into: ticket });
}

/** The customer's message is about something else, and becomes a ticket of its own. */
function askAnother(other: string, at: Instant, [answeredAt = at, solvedAt = at]: readonly Instant[], say: Say): void {
  const messageAt = new Date(at).toISOString();
  say(at + minute, 'TicketSplit', { into: other, messageAt, subject: 'And another thing' });
  say(answeredAt, 'FirstResponseSent', { ticket: other, channel: 'email' });
  say(solvedAt, 'TicketResolved', { ticket: other });
}

function open(
  at: Instant,
  customer: SampleCustomer,
  random: Random,
  say: (at: Instant, event: string, more: object, actor: object) => void,
) {
  const type = types[random.weighted(typeWeights)] ?? 'productBug';
  const channel = channels[random.weighted(channelWeights)] ?? 'email';
  const isComplete = random.chance(0.7);
  const isHeard = channel === 'phone';
  const subject = random.pick(subjects[type]);
  say(
    at,
    'TicketOpened',
    {
      ...{ customer: customer.id, type, channel, subject },
      priority: priorities[random.weighted(priorities.map(([, share]) => share))]?.[0] ?? 'normal',
      ...(isComplete ? { application: random.pick(applications), users: [random.pick(users)] } : {}),
      ...(isHeard ? { origin: 'phoneRequest' } : {}),
    },
    { id: isHeard ? random.pick(agents) : customer.id },
  );
  return { type, channel, subject };
}
