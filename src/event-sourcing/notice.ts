/**
 * What somebody should know who said something that was accepted, or asked for something: that it counts for nothing, or
 * otherwise than it was said. Each code with what it means. What begins with `unknown` is about a name that is looked for.
 */
export const noticeMeanings = {
  withoutEffect: 'The ticket stood otherwise at that time, so this has no effect.',
  automaticReply: 'A program sent this reply, so it answers nobody and stops no clock.',
  automaticMessage: 'A program sent this message for the customer, so it ends no wait and starts no clock.',
  startsNothing: 'The ticket was resolved or closed at that time, so this message starts no clock.',
  splitOff: 'This message became a ticket of its own, and counts there alone.',
  pausesNothing: 'No clock of the ticket stands still while it waits for this.',
  callNotPromised: 'The plan promises no call for such a ticket; it is served all the same, as best effort.',
  clampedToOpening: 'Its time is before the opening; it counts at the opening.',
  clampedToRecording: 'Its time is after its recording; it counts at the time of recording.',
  defaultPlan: 'Nobody had put the customer on a plan, so the ticket has the default plan.',
  joinedCustomer: 'The customer was joined to another by then, so the ticket is of that one.',
  alreadySo: 'It was already so, or already recorded: nothing was recorded of it.',
  openedBefore: 'The ticket is there already, opened with other content: only this opening is refused.',
  unknownType: 'The filter names a type that neither the desk nor any ticket ever had.',
  unknownChannel: 'The filter names a channel that neither the desk nor any ticket ever had.',
  unknownPriority: 'The filter names a priority that neither the desk nor any ticket ever had.',
  unknownPlan: 'The filter names a plan that there never was.',
  unknownCustomer: 'It names a customer that nobody enrolled, and that has no ticket.',
} as const satisfies Readonly<Record<string, string>>;

export type NoticeCode = keyof typeof noticeMeanings;

/** Of what was said of a ticket. */
export type TicketNoticeCode = Exclude<NoticeCode, `unknown${string}`>;

export interface Notice<Code extends NoticeCode = NoticeCode> {
  readonly code: Code;
  /** For people. */
  readonly message: string;
  /** What it is about: an event, a ticket, or a part of the catalogue by its id or code, or the value of a filter. */
  readonly about: string;
}

export const notice = <Code extends NoticeCode>(
  code: Code,
  about: string,
  message: string = noticeMeanings[code],
): Notice<Code> => ({ code, message, about });
