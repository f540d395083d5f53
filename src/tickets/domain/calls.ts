import { type Instant } from '../../business-time/calendar.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type Call, noAppointment, noCall } from './call.js';
import { type CommandContext } from './commands.js';
import { type Fact, type TicketCommand } from './facts.js';

/** After so many attempts in vain nobody has to try again. */
export const mostAttempts = 3;

/** So long before the time agreed on a call counts as the one that was agreed on. */
const earlyMs = 15 * 60_000;

/** Whether a call at an instant is the one that was agreed on for a time. */
export const keeps = (startsAt: Instant, at: Instant): boolean => at >= startsAt - earlyMs;

/** Until when the facts say something: a call that was held goes on for a while. */
export const endOf = (fact: Fact): Instant =>
  fact.type === 'CallHeld' ? Math.max(fact.at, fact.data.endedAt) : fact.at;

export type CallFact = Extract<Fact, { readonly type: `Call${string}` }>;
export type CallType = CallFact['type'];

export const isCallType = (type: Fact['type']): type is CallType => type.startsWith('Call');
export const isCallFact = (fact: Fact): fact is CallFact => isCallType(fact.type);

const isByPerson = ({ actor }: Fact): boolean => actor.kind === 'person';

/** The call after a fact about it. What a program says of calls that it made counts for nothing. */
export function callAfter(call: Call, fact: CallFact): Call {
  switch (fact.type) {
    case 'CallRequested': {
      const { preferredFrom, preferredUntil, guarantee } = fact.data;
      const requestedAt = call.requestedAt ?? fact.at;
      return { ...call, ...reached, preferredFrom, preferredUntil, guarantee, requestedAt };
    }
    case 'CallScheduled':
      return { ...call, startsAt: fact.data.startsAt, agreedAt: fact.at, with: fact.data.with };
    case 'CallMoved':
      return { ...call, ...(fact.data.by === 'customer' ? reached : {}), startsAt: fact.data.startsAt };
    case 'CallAttempted':
      return isByPerson(fact) ? inVain(call, keptBy(call, fact.at), fact.at) : call;
    case 'CallHeld':
      if (!isByPerson(fact)) return call;
      return keptBy(call, fact.at) ? noCall : { ...noCall, ...appointmentOf(call) };
    case 'CallCancelled':
      return fact.data.by === 'customer' ? noCall : { ...call, ...noAppointment };
    case 'CallMissed':
      return fact.data.by === 'customer' ? inVain(call, true, fact.at) : { ...call, ...noAppointment };
  }
}

/** The customer has named a time or written. */
const reached = { attempts: 0, unreachedSince: null };

const keptBy = ({ startsAt }: Call, at: Instant) => startsAt !== null && keeps(startsAt, at);

/** What of a call is about the time that was agreed on. */
const appointmentOf = ({ startsAt, agreedAt, with: who }: Call) => ({ startsAt, agreedAt, with: who });

/** The desk was there, and the customer was not. */
function inVain(call: Call, endsAppointment: boolean, at: Instant): Call {
  const agreed = endsAppointment ? noAppointment : appointmentOf(call);
  if (call.requestedAt === null) return { ...call, ...agreed };
  const attempts = call.attempts + 1;
  const unreachedSince = call.unreachedSince ?? at;
  return attempts < mostAttempts ? { ...call, ...agreed, attempts, unreachedSince } : { ...noCall, ...agreed };
}

/** Whether the customer waits for it. */
export const isOpenCall = ({ requestedAt, startsAt }: Call): boolean => requestedAt !== null || startsAt !== null;

/**
 * The call of a ticket that another one was merged into, whose call goes along: what this one has of its own comes first.
 * @param before what it had been told of that call before, and takes back
 */
export function withHanded(own: Call, before: Call | undefined, told: Call | undefined): Call {
  const isRequestTold = before?.requestedAt != null && before.requestedAt === own.requestedAt;
  const isTimeTold = before?.agreedAt != null && before.agreedAt === own.agreedAt;
  const other = told ?? noCall;
  const request = own.requestedAt === null || isRequestTold ? other : own;
  const appointment = own.startsAt === null || isTimeTold ? other : own;
  return { ...request, ...appointmentOf(appointment) };
}

/** The call when the customer has written: somebody is there. */
export const calledFor = (call: Call): Call => (call.attempts === 0 ? call : { ...call, ...reached });

/** Why a fact makes no sense for a call as it stands; a code for programs. Undefined: it does. */
export function objectionToCall({ startsAt, requestedAt }: Call, type: CallType): string | undefined {
  switch (type) {
    case 'CallScheduled':
      return startsAt === null ? undefined : 'CALL_SCHEDULED';
    case 'CallMoved':
    case 'CallMissed':
      return startsAt === null ? 'CALL_NOT_SCHEDULED' : undefined;
    case 'CallCancelled':
      return startsAt === null && requestedAt === null ? 'CALL_NOT_REQUESTED' : undefined;
    default:
      return undefined;
  }
}

/** Whether a call stands so already, so that the fact would change nothing. */
export function isCallAlreadySo(call: Call, fact: CallFact): boolean {
  switch (fact.type) {
    case 'CallRequested': {
      const { preferredFrom, preferredUntil } = fact.data;
      const isSame = call.preferredFrom === preferredFrom && call.preferredUntil === preferredUntil;
      return call.requestedAt !== null && call.attempts === 0 && isSame;
    }
    case 'CallScheduled':
      return call.startsAt === fact.data.startsAt && call.with === fact.data.with;
    case 'CallMoved':
      return call.startsAt === fact.data.startsAt;
    default:
      return false;
  }
}

export const callRefusals: Readonly<Record<string, (state: { readonly call: Call } | undefined) => string>> = {
  CALL_SCHEDULED: (state) =>
    `A call was already agreed on for ${iso(state?.call.startsAt ?? 0)} at that time; move it, or say what became of it.`,
  CALL_NOT_SCHEDULED: () => 'No call was agreed on for the ticket at that time.',
  CALL_NOT_REQUESTED: () => 'No call was asked for or agreed on for the ticket at that time.',
};

const iso = (at: Instant) => new Date(at).toISOString();

/**
 * Refuses times that make no sense: a call agreed on for the past (a log may say so), or one that ends before it begins.
 * @throws Rejection `APPOINTMENT_IN_PAST`, `UNTIL_TOO_EARLY`, `ENDED_BEFORE_START`, `OCCURRED_IN_FUTURE`
 */
export function expectSoundTimes(command: TicketCommand, at: Instant, { now, import: imported }: CommandContext): void {
  switch (command.type) {
    case 'ScheduleCall':
    case 'MoveCall':
      if (imported === undefined && command.startsAt < at)
        throw new Rejection('APPOINTMENT_IN_PAST', `startsAt: ${iso(command.startsAt)} was over at that time.`);
      return;
    case 'RequestCall':
      if (command.preferredUntil !== undefined && command.preferredUntil <= (command.preferredFrom ?? at))
        throw new Rejection(
          'UNTIL_TOO_EARLY',
          'preferredUntil: must be later than preferredFrom, and than the request.',
        );
      return;
    case 'RecordCallHeld':
      if (command.endedAt < at)
        throw new Rejection('ENDED_BEFORE_START', `endedAt: ${iso(command.endedAt)} is before the call began.`);
      if (command.endedAt > now && imported === undefined)
        throw new Rejection(
          'OCCURRED_IN_FUTURE',
          `endedAt: ${iso(command.endedAt)} is in the future; now is ${iso(now)}.`,
        );
      return;
    default:
  }
}
