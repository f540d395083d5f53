import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { CancelReasonEnum, OriginEnum, PauseReasonEnum, TicketStatusEnum } from '../../api/graphql/enums.js';
import { NoticeType } from '../../api/graphql/notice.type.js';
import { connectionOf } from '../../api/graphql/relay-connection.js';
import { InstantScalar } from '../../api/graphql/scalars.js';
import { inTurn } from '../../event-sourcing/yield-to-event-loop.js';
import { type Catalogue } from '../../catalogue/catalogue.js';
import { SelfHelpType, VersionRefType } from '../../catalogue/graphql/shared.types.js';
import { soon } from '../../event-sourcing/soon.js';
import { noticesOfOpening } from '../opening-notices.js';
import { CallObjectType } from './call.type.js';
import { ClockType, toClockType } from './clock.type.js';
import { GuaranteeType } from './guarantee.type.js';
import { latestClocks } from '../domain/latest-clocks.js';
import { nextDue } from '../domain/next-due.js';
import { noticeOf } from '../domain/notices.js';
import { noticesShown, type TicketView } from '../domain/ticket-view.js';

@ObjectType('Wait', { description: 'A reason that a ticket waits for.' })
export class WaitType {
  @Field(() => PauseReasonEnum, { description: 'What it waits for.' })
  reason!: string;

  @Field(() => InstantScalar, { description: 'Since when.' })
  since!: number;

  @Field(() => InstantScalar, { nullable: true, description: 'When it ends by itself; null where nobody knows.' })
  until!: number | null;
}

@ObjectType('Ticket', { description: 'A ticket as its facts leave it, in order of occurrence, with the clocks on it.' })
export class TicketObjectType {
  @Field(() => ID, { description: 'Its id, given by the caller or derived from its source.' })
  id!: string;

  @Field(() => String, { description: 'What people see.' })
  reference!: string;

  @Field(() => String, { description: "The customer's id." })
  customer!: string;

  @Field(() => TicketStatusEnum, { description: 'How it stands.' })
  status!: string;

  @Field(() => [WaitType], { description: 'What it waits for; empty unless it is waiting.' })
  waits!: WaitType[];

  @Field(() => String, { description: 'What it is about: the code of a type.' })
  type!: string;

  @Field(() => String, { description: 'How it reached us: the code of a channel.' })
  channel!: string;

  @Field(() => String, { description: 'The code of its priority.' })
  priority!: string;

  @Field(() => String, { description: 'Its subject line.' })
  subject!: string;

  @Field(() => String, { nullable: true, description: 'The application it is about.' })
  application!: string | null;

  @Field(() => [String], { description: 'The users involved.' })
  users!: readonly string[];

  @Field(() => Boolean, {
    description:
      'A report of a built-in type that names no application or no users. With both, the desk solves it faster.',
  })
  isIncomplete!: boolean;

  @Field(() => OriginEnum, { description: 'Who wanted it.' })
  origin!: string;

  @Field(() => GuaranteeType, { description: 'Whether clocks run on it.' })
  guarantee!: GuaranteeType;

  @Field(() => VersionRefType, { description: 'The plan that governs it: as it was opened, or as last reapplied.' })
  plan!: VersionRefType;

  @Field(() => [SelfHelpType], { description: 'Where the plan sends its customers first.' })
  selfHelp!: readonly SelfHelpType[];

  @Field(() => String, { nullable: true, description: 'Who has it.' })
  assignee!: string | null;

  @Field(() => String, { nullable: true, description: 'The team that has it.' })
  team!: string | null;

  @Field(() => CallObjectType, { nullable: true, description: 'The call that its customer waits for.' })
  call!: CallObjectType | null;

  @Field(() => InstantScalar, { description: 'When it was opened.' })
  openedAt!: number;

  @Field(() => InstantScalar, { nullable: true, description: 'The first reply by a person.' })
  firstRespondedAt!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: 'The last reply by a person.' })
  lastReplyAt!: number | null;

  @Field(() => InstantScalar, {
    nullable: true,
    description: "The customer's last message after opening it; automatic ones are left out.",
  })
  lastCustomerReplyAt!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: 'When it was resolved, if it is.' })
  resolvedAt!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: 'When it was closed, if it is.' })
  closedAt!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: 'When it was cancelled.' })
  cancelledAt!: number | null;

  @Field(() => CancelReasonEnum, { nullable: true, description: 'Why it was cancelled.' })
  cancelReason!: string | null;

  @Field(() => Int, { description: 'How often it was taken up again.' })
  reopenings!: number;

  @Field(() => ID, { nullable: true, description: 'The ticket that it was merged into, which continues for it.' })
  mergedInto!: string | null;

  @Field(() => InstantScalar, { nullable: true, description: 'When it was merged into another.' })
  mergedAt!: number | null;

  @Field(() => [ID], { description: 'Tickets that were merged into it.' })
  merged!: readonly string[];

  @Field(() => ID, { nullable: true, description: 'The ticket that it was split off from.' })
  splitFrom!: string | null;

  @Field(() => [ID], { description: 'Tickets that were split off from it.' })
  splitInto!: readonly string[];

  @Field(() => [NoticeType], {
    description:
      'What a reader should know: facts that count for nothing, or in another way than was said, the first 200 (`ticketHistory` has all); and whether it has the default plan because nobody enrolled its customer.',
  })
  notices!: readonly NoticeType[] | Promise<readonly NoticeType[]>;

  @Field(() => [ClockType], { description: 'The clocks on it, in order of start: of each promise the last 100.' })
  clocks!: ClockType[] | Promise<ClockType[]>;

  @Field(() => ClockType, {
    nullable: true,
    description: 'The clock that is due soonest, or overdue longest; null where none runs. The work queue goes by it.',
  })
  nextDue!: ClockType | null;
}

export const TicketConnection = connectionOf('Ticket', () => TicketObjectType, { isFiltered: true });

/** How many clocks hold up nobody. */
const fewClocks = 20;

/** A ticket as read at an instant. Its versions must be loaded: see {@link Catalogue.load}. */
export function toTicketType(view: TicketView, catalogue: Catalogue, now: number): TicketObjectType {
  return {
    plan: view.terms.plan,
    selfHelp: catalogue.plan(view.terms.plan).selfHelp,
    ...view,
    call: view.call.requestedAt === null && view.call.startsAt === null ? null : view.call,
    merged: [...view.received].flatMap(([id, { stands }]) => (stands ? [id] : [])),
    splitInto: [...view.splitInto.keys()],
    waits: [...view.waits].map(([reason, wait]) => ({ reason, ...wait })),
    get notices() {
      return noticesOfView(view, catalogue);
    },
    // Laid out only for who asks; where they are many, in a turn of their own, for each ticket of a page may have as many.
    get clocks() {
      const clocks = latestClocks(view.clocks());
      const read = () => clocks.map((clock) => toClockType(clock, catalogue, now));
      return clocks.length > fewClocks ? inTurn(read) : read();
    },
    get nextDue() {
      const clock = nextDue(view.clocks());
      return clock === undefined ? null : toClockType(clock, catalogue, now);
    },
  };
}

const noticesOfView = async (view: TicketView, catalogue: Catalogue): Promise<readonly NoticeType[]> => [
  ...(await soon(noticesOfOpening(catalogue, view))),
  ...view.notices().slice(0, noticesShown).map(noticeOf),
];

/** Tickets as read at an instant. @throws StorageFault `EVENT_STORE_UNAVAILABLE` */
export async function toTicketTypes(
  views: readonly TicketView[],
  catalogue: Catalogue,
  now: number,
): Promise<TicketObjectType[]> {
  await soon(catalogue.load(views.flatMap(({ terms, clocks }) => [terms, ...clocks().map((clock) => clock.terms)])));
  return views.map((view) => toTicketType(view, catalogue, now));
}
