/**
 * What somebody should know who said something that was accepted, or asked for something: that it counts for nothing, or
 * otherwise than it was said. Each code with what it means.
 */
export const noticeMeanings = {
  withoutEffect: 'The ticket stood otherwise at that time, so this has no effect.',
  automaticReply: 'A program sent this reply, so it answers nobody and stops no clock.',
  automaticMessage: 'A program sent this message for the customer, so it ends no wait and starts no clock.',
  startsNothing: 'The ticket was resolved or closed at that time, so this message starts no clock.',
  splitOff: 'This message became a ticket of its own, and counts there alone.',
  pausesNothing: 'No clock of the ticket stands still while it waits for this.',
  clampedToOpening: 'Its time is before the opening; it counts at the opening.',
  clampedToRecording: 'Its time is after its recording; it counts at the time of recording.',
  defaultPlan: 'Nobody had put the customer on a plan, so the ticket has the default plan.',
  alreadySo: 'It was already so, or already recorded: nothing was recorded of it.',
  openedBefore: 'The ticket is there already, opened with other content: only this opening is refused.',
} as const satisfies Readonly<Record<string, string>>;

export type NoticeCode = keyof typeof noticeMeanings;

export interface Notice {
  readonly code: NoticeCode;
  /** For people. */
  readonly message: string;
  /** What it is about, by its id: an event, a ticket or a customer. */
  readonly about: string;
}

export const notice = (code: NoticeCode, about: string, message: string = noticeMeanings[code]): Notice => ({
  ...{ code, message, about },
});
