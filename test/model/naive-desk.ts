import { type Instant, type Span } from '../../src/business-time/calendar.js';
import { type ReceiveMerge } from '../../src/tickets/domain/commands.js';
import { type TicketCommand } from '../../src/tickets/domain/facts.js';
import { type NaiveCatalogue } from './naive-catalogue.js';
import { NaiveTicket, type Said, type Verdict } from './naive-context.js';
import { inOrder, lifeBefore, lifeOf, senseOf } from './naive-ticket-state.js';
import { type Life } from './naive-ticket.js';

/** What a ticket has to tell another: how it stood when it was merged into it, or the request that was split off. */
interface Word {
  readonly target: string;
  readonly at: Instant;
  readonly command: Omit<ReceiveMerge, 'revision'> | Extract<TicketCommand, { type: 'OpenTicket' }>;
}

/** All tickets, and what they tell each other when they are merged and split. */
export class NaiveDesk {
  readonly tickets = new Map<string, NaiveTicket>();
  /** How much of a ticket another was last told, and how much of that was news. */
  private readonly told = new Map<string, { readonly facts: number; readonly news: number }>();

  constructor(private readonly catalogue: NaiveCatalogue) {}

  say(id: string, said: Said, now: Instant): Verdict {
    const ticket = this.tickets.get(id) ?? new NaiveTicket(this.catalogue);
    const verdict = ticket.say(said, now, (command, at) => this.objects(id, command, at));
    if (verdict === 'recorded') this.tickets.set(id, ticket);
    return verdict;
  }

  youngestFirst(): string[] {
    const openedAt = (id: string) => this.tickets.get(id)?.opening?.at ?? 0;
    return [...this.tickets.keys()].sort((a, b) => openedAt(b) - openedAt(a));
  }

  /** A ticket goes on in one of the same customer's that is under way by then, and never in a circle; a split opens one. */
  private objects(id: string, command: TicketCommand, at: Instant): boolean {
    if (command.type !== 'MergeTicket' && command.type !== 'SplitTicket') return false;
    const ticket = this.tickets.get(id);
    const life = ticket && lifeOf(ticket.facts, at);
    const other = this.tickets.get(command.into);
    if (command.type === 'SplitTicket') return other !== undefined && life?.splitInto.includes(command.into) !== true;
    if (life?.mergedInto === command.into) return false;
    if (other === undefined || other === ticket) return true;
    if (other.opening?.command.customer !== ticket?.opening?.command.customer) return true;
    if (lifeOf(other.facts, Infinity)?.mergedInto != null) return true;
    const then = lifeOf(other.facts, at);
    return then === undefined || then.status === 'cancelled';
  }

  /**
   * Tells other tickets what a ticket has to say to them; answers who was told something.
   * @param known so many facts of it were there before: of what they split off, the watcher tells
   */
  propagate(id: string, now: Instant, known = 0): string[] {
    const from = this.tickets.get(id);
    if (from === undefined) return [];
    const heard: string[] = [];
    for (const { target, at, command } of wordsOf(id, from, known)) {
      const to = this.tickets.get(target);
      if (command.type === 'OpenTicket') {
        if (to !== undefined) continue; // it was told, or somebody else has opened it: then it is left to people
        const opened = new NaiveTicket(this.catalogue);
        opened.hear(command, at, now);
        this.tickets.set(target, opened);
      } else {
        if (to === undefined || this.told.get(`${id} ${target}`)?.facts === from.facts.length) continue;
        to.hear({ ...command, revision: from.facts.length }, at, now);
        this.told.set(`${id} ${target}`, { facts: from.facts.length, news: from.news });
      }
      heard.push(target);
    }
    return heard;
  }

  /** Until no ticket has anything more to say; one after the other, by their ids. */
  propagateAll(now: Instant): void {
    const isDue = (id: string, { target, command }: Word) =>
      command.type === 'OpenTicket'
        ? !this.tickets.has(target)
        : this.told.get(`${id} ${target}`)?.news !== this.tickets.get(id)?.news;
    for (;;) {
      const due = [...this.tickets].filter(([id, ticket]) => wordsOf(id, ticket).some((word) => isDue(id, word)));
      if (due.length === 0) return;
      for (const id of due.map(([id]) => id).sort()) this.propagate(id, now);
    }
  }
}

/** Of merges into the same ticket the one that stands is told; if none does, that it does not. */
function wordsOf(from: string, ticket: NaiveTicket, known = 0): readonly Word[] {
  const merges = new Map<string, Word>();
  const splits: Word[] = [];
  for (const fact of inOrder(ticket.facts)) {
    const { command, at } = fact;
    const life = lifeBefore(ticket.facts, fact);
    if (life === undefined) continue;
    if (command.type === 'MergeTicket') {
      const stands = senseOf(life, fact) === 'changes';
      const asked = (stands ? unanswered(from, life) : []).map((request) => ({
        ...request,
        pauses: stopsOf(life, request.since, at),
      }));
      const [first, ...others] = asked;
      const oldest = { unansweredSince: first?.since ?? null, pauses: first?.pauses ?? [] };
      const said = { type: 'ReceiveMerge', from, stands, ...oldest, merge: fact.id, others } as const;
      if (stands || !merges.has(command.into)) merges.set(command.into, { target: command.into, at, command: said });
    }
    if (command.type === 'SplitTicket' && ticket.facts.indexOf(fact) >= known)
      splits.push(splitOff(from, command, life));
  }
  return [...merges.values(), ...splits];
}

/** The requests that nobody has answered: its own, and those that came with tickets merged into it. */
function unanswered(id: string, { hasReplied, replies, opening, openedAt, received }: Life) {
  const isOwn = !hasReplied && (opening.origin ?? 'customerRequest') === 'customerRequest';
  const told = [...received.values()].flatMap(({ from, unansweredSince, others = [] }) =>
    unansweredSince === null ? [] : [{ ticket: from, since: unansweredSince }, ...others],
  );
  const asked = [
    ...(isOwn ? [{ ticket: id, since: openedAt }] : []),
    ...told.filter(({ since }) => !replies.some((reply) => reply >= since)),
  ];
  return asked.map(({ ticket, since }) => ({ ticket, since })).sort((a, b) => a.since - b.since);
}

/** When the clock that answers a request stood still, from the request until its ticket was merged. */
function stopsOf({ runs }: Life, since: Instant, until: Instant): readonly Span[] {
  const firsts = runs.filter(({ metric }) => metric === 'firstResponse');
  const run =
    firsts.find(({ startedAt }) => startedAt === since) ??
    firsts.find(({ from, startedAt }) => from === undefined && startedAt < since);
  if (run === undefined) return [];
  const stops = run.stoppedSince === undefined ? run.stops : [...run.stops, { from: run.stoppedSince, to: until }];
  return stops.map(({ from, to }) => ({ from: Math.max(from, since), to })).filter(({ from, to }) => from < to);
}

/** The message that was split off is what its ticket is opened by, when it was written. */
function splitOff(
  from: string,
  command: Extract<TicketCommand, { type: 'SplitTicket' }>,
  { opening, subject }: Life,
): Word {
  const { customer, plan, channel, ticketType } = opening;
  const { into, messageAt, type: _type, ...other } = command;
  const named = plan === undefined ? {} : { plan };
  const opens = { type: 'OpenTicket', customer, ...named, ...{ channel, ticketType, subject }, ...other } as const;
  return { target: into, at: messageAt, command: { ...opens, splitFrom: from } };
}
