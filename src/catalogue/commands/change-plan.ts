import { type Instant } from '../../business-time/calendar.js';
import { type Actor } from '../../event-sourcing/event-store.js';
import { planStream } from '../domain/catalogue-events.js';
import { targetCalendarsOf } from '../domain/plan.js';
import { type PlanChanges, type PlanCommand, planDecider, type PlanHistory } from '../domain/plan-decider.js';
import { inDesksWords } from '../domain/plan-words.js';
import { type Words } from '../domain/words.js';
import { type CatalogueRequest, type CataloguePorts, type Changed, record } from './catalogue-ports.js';

export type PlanRequest = CatalogueRequest<PlanCommand>;

/**
 * Defines, revises or retires a plan.
 * @throws Rejection `CALENDAR_NOT_FOUND`, `UNKNOWN_TYPE`, `UNKNOWN_CHANNEL`, `UNKNOWN_PRIORITY`, and what {@link planDecider} refuses
 */
export async function changePlan(
  ports: CataloguePorts,
  command: PlanRequest,
  actor: Actor,
): Promise<Changed<PlanHistory>> {
  if (command.type !== 'RetirePlan') await expectCalendars(ports, changesOf(command));
  const code = command.type === 'DefinePlan' ? command.plan.code : command.code;
  const spelled = inWords(command, await ports.catalogue.words(), ports.time.now());
  return record(ports, planStream(code), planDecider, (change) => ({ ...spelled, ...change }), actor);
}

function inWords(command: PlanRequest, words: Words, now: Instant): PlanRequest {
  switch (command.type) {
    case 'DefinePlan':
      return { ...command, plan: inDesksWords(command.plan, words, now) };
    case 'RevisePlan':
      return { ...command, changes: inDesksWords(command.changes, words, now) };
    case 'RetirePlan':
      return command;
  }
}

const changesOf = (command: Exclude<PlanRequest, { type: 'RetirePlan' }>): PlanChanges =>
  command.type === 'DefinePlan' ? command.plan : command.changes;

async function expectCalendars({ catalogue }: CataloguePorts, { calendar, targets = [] }: PlanChanges): Promise<void> {
  if (calendar !== undefined) await catalogue.expectCalendar(calendar);
  for (const own of targetCalendarsOf(targets)) await catalogue.expectCalendar(own);
}
