import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Actor } from '../../event-sourcing/event-store.js';
import { type CalendarHistory } from '../domain/calendar-decider.js';
import { type Changed } from './catalogue-ports.js';
import { type CalendarRequest, changeCalendar } from './change-calendar.js';
import { InjectedPorts } from './injected-ports.js';

/** Defines or revises a calendar. */
export class ChangeCalendarCommand extends Command<Changed<CalendarHistory>> {
  constructor(
    readonly request: CalendarRequest,
    readonly actor: Actor,
    /** Aborted when nobody waits for the answer any more. */
    readonly signal?: AbortSignal,
  ) {
    super();
  }
}

@CommandHandler(ChangeCalendarCommand)
export class ChangeCalendarHandler extends InjectedPorts implements ICommandHandler<ChangeCalendarCommand> {
  execute = ({ request, actor, signal }: ChangeCalendarCommand) => changeCalendar(this, request, actor, signal);
}
