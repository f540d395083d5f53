/** A mutation that is done when it is asked: what must be there before, and its variables, by a number of its own. */
export interface SoundMutation {
  /** Mutations that go before it, each of them done. */
  readonly before: (n: number) => readonly string[];
  readonly variables: (
    n: number,
  ) => { readonly input: Readonly<Record<string, unknown>> } | Readonly<Record<string, unknown>>;
  /** Takes away what would be too much of in the end. */
  readonly after?: ((n: number) => string) | undefined;
}

const now = '2026-03-02T09:00:00Z';
const later = '2030-03-02T09:00:00Z';
const evenLater = '2030-03-03T09:00:00Z';
const opening = { customer: 'acme', type: 'productBug', channel: 'email', subject: 'It broke' };
const weekly = [{ day: 'mon', windows: [{ opens: '09:00', closes: '17:00' }] }];
const target = { metric: 'FIRST_RESPONSE', target: { amount: 4, unit: 'HOURS' } };

/** An object as GraphQL writes it; words in capitals are those of enums. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([name, of]) => `${name}: ${literal(of)}`)
      .join(', ')} }`;
  return typeof value === 'string' && /^[A-Z]{2,}[A-Z_]*$/.test(value) ? value : JSON.stringify(value);
}

const asked = (verb: string, input: object) => `${verb}(input: ${literal(input)}) { __typename }`;

const idOf = (n: number) => `F-${n}`;
const openTicket = (n: number, id = idOf(n)) => asked('openTicket', { ...opening, id });

/** Of a ticket that was just opened, and that something happened to. */
const ofTicket = (
  more: object = {},
  ...happened: readonly (readonly [verb: string, more: object])[]
): SoundMutation => ({
  before: (n) => [openTicket(n), ...happened.map(([verb, said]) => asked(verb, { id: idOf(n), ...said }))],
  variables: (n) => ({ input: { id: idOf(n), ...more } }),
});

const codeOf = (n: number) => `code-${n}`;
const definePlan = (n: number) => asked('definePlan', { code: codeOf(n), name: 'Tried', targets: [target] });
const defineCalendar = (n: number) =>
  asked('defineCalendar', { code: codeOf(n), name: 'Tried', timeZone: 'Europe/Rome', weekly });
const word = (n: number) => ({ list: 'PRIORITY', code: `word${n}` });
const defineWord = (n: number) => asked('defineWord', word(n));
/** On a plan of its own: another mutation may have retired any that is there. */
const enrol = (n: number) => `${definePlan(n)} ${asked('enrolCustomer', { id: codeOf(n), plan: codeOf(n) })}`;

const of = (
  before: ((n: number) => string) | undefined,
  input: (n: number) => Record<string, unknown>,
): SoundMutation => ({
  before: (n) => (before === undefined ? [] : [before(n)]),
  variables: (n) => ({ input: input(n) }),
});

/** Of a webhook that is there, and removed again: there may be a hundred. */
const ofWebhook = (url: string, more: object = {}, ...happened: readonly string[]): SoundMutation => ({
  before: (n) => [
    asked('registerWebhook', { id: codeOf(n), url }),
    ...happened.map((verb) => asked(verb, { id: codeOf(n) })),
  ],
  variables: (n) => ({ input: { id: codeOf(n), ...more } }),
  after: (n) => asked('removeWebhook', { id: codeOf(n) }),
});

/** Every mutation of the schema, as it is done. Customer `acme` is there; webhooks go to `url`, and are sent again what is after `after`. */
export const soundMutations = (url: string, after: string): Readonly<Record<string, SoundMutation>> => ({
  openTicket: of(undefined, (n) => ({ ...opening, id: idOf(n) })),
  recordFirstResponse: ofTicket(),
  recordFollowUp: ofTicket({}, ['recordFirstResponse', {}]),
  recordCustomerReply: ofTicket(),
  pauseTicket: ofTicket({ reason: 'ON_HOLD' }),
  resumeTicket: ofTicket({}, ['pauseTicket', { reason: 'ON_HOLD' }]),
  assignTicket: ofTicket({ assignee: 'mia' }),
  reclassifyTicket: ofTicket({ priority: 'high' }),
  reapplyPlan: ofTicket(),
  correctTicket: ofTicket({ subject: 'It broke in two' }),
  reapplyPlanToCustomer: of(undefined, () => ({ customer: 'acme' })),
  resolveTicket: ofTicket(),
  closeTicket: ofTicket({}, ['resolveTicket', {}]),
  reopenTicket: ofTicket({}, ['resolveTicket', {}]),
  cancelTicket: ofTicket({ reason: 'SPAM' }),
  restoreTicket: ofTicket({}, ['cancelTicket', { reason: 'SPAM' }]),
  addInternalNote: ofTicket({ text: 'hm' }),
  mergeTicket: {
    before: (n) => [openTicket(n), openTicket(n, `into-${n}`)],
    variables: (n) => ({ input: { id: idOf(n), into: `into-${n}` } }),
  },
  splitTicket: ofTicket({ messageAt: now }),
  requestCall: ofTicket(),
  scheduleCall: ofTicket({ startsAt: later }),
  moveCall: ofTicket({ startsAt: later, by: 'CUSTOMER' }, ['scheduleCall', { startsAt: evenLater }]),
  recordCallAttempt: ofTicket({ outcome: 'BUSY' }),
  recordCallHeld: ofTicket({ endedAt: now, occurredAt: now }),
  cancelCall: ofTicket({ by: 'CUSTOMER' }, ['requestCall', {}]),
  recordCallMissed: ofTicket({ by: 'CUSTOMER' }, ['scheduleCall', { startsAt: later }]),
  recordTicketEvents: {
    before: () => [],
    variables: (n) => ({
      events: [{ ...opening, ticket: idOf(n), event: 'TICKET_OPENED', occurredAt: now }],
    }),
  },
  definePlan: of(undefined, (n) => ({ code: codeOf(n), name: 'Tried', targets: [target] })),
  revisePlan: of(definePlan, (n) => ({ code: codeOf(n), rank: 7 })),
  retirePlan: of(definePlan, (n) => ({ code: codeOf(n) })),
  defineCalendar: of(undefined, (n) => ({ code: codeOf(n), name: 'Tried', timeZone: 'UTC', weekly })),
  reviseCalendar: of(defineCalendar, (n) => ({ code: codeOf(n), timeZone: 'UTC' })),
  defineWord: of(undefined, word),
  reviseWord: of(defineWord, (n) => ({ ...word(n), name: 'Tried' })),
  retireWord: of(defineWord, word),
  restoreWord: {
    before: (n) => [defineWord(n), asked('retireWord', word(n))],
    variables: (n) => ({ input: word(n) }),
  },
  enrolCustomer: of(undefined, (n) => ({ id: codeOf(n), plan: 'pro' })),
  changeCustomerPlan: of(enrol, (n) => ({ id: codeOf(n), plan: 'enterprise' })),
  endCustomerEnrolment: of(enrol, (n) => ({ id: codeOf(n) })),
  joinCustomers: of(undefined, (n) => ({ from: codeOf(n), into: 'acme' })),
  setCustomerCalendar: of(enrol, (n) => ({ id: codeOf(n), calendar: 'business-hours' })),
  registerWebhook: { ...of(undefined, (n) => ({ id: codeOf(n), url })), after: ofWebhook(url).after },
  changeWebhook: ofWebhook(url, { description: 'Tried' }),
  disableWebhook: ofWebhook(url),
  enableWebhook: ofWebhook(url, {}, 'disableWebhook'),
  removeWebhook: ofWebhook(url),
  rotateWebhookSecret: ofWebhook(url),
  replayWebhook: ofWebhook(url, { after }),
  testWebhook: ofWebhook(url),
});
