import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type Identity } from '../../auth/identity.js';
import { type TimeSource } from '../../time/time-source.js';
import { toCursor } from '../../event-sourcing/cursor.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { newId } from '../../event-sourcing/new-id.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { given } from '../../parsing/fields.js';
import { recordedBy } from '../../api/graphql/actor.js';
import { Faults } from '../../api/graphql/faults.js';
import { orRejection } from '../../api/graphql/rejected.js';
import { type Catalogue } from '../../catalogue/catalogue.js';
import { CATALOGUE, EVENT_STORE, TIME_SOURCE } from '../../di-tokens.js';
import { ChangeTicketCommand } from '../commands/change-ticket-handler.js';
import { ownerOf } from '../commands/other-ticket.js';
import { OpenedBefore, openingRejected } from '../commands/opening-rejected.js';
import { type ReportedType, type TicketCommand } from '../domain/facts.js';
import { type ReportInput } from './event.inputs.js';
import { expectMayAsk } from './expect-may-ask.js';
import { readMutation } from './event-readers.js';
import { calledBy, calledIn, inWordsOf, NamedTickets, type TicketName } from './named-tickets.js';
import { type NamedOpening, openingId, splitInto } from './opening-id.js';
import { foreseeRefused, rememberFailed, type Sender, unopenedBy } from './request-sender.js';
import { TicketChangedType } from './ticket-result.js';
import { toTicketType } from './ticket.type.js';

/** What every mutation of a ticket does with its input: it reads it, sends the command, and answers the ticket. */
@Injectable()
export class EventReporter {
  constructor(
    private readonly bus: CommandBus,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CATALOGUE) private readonly catalogue: Catalogue,
    @Inject(TIME_SOURCE) private readonly time: TimeSource,
    private readonly names: NamedTickets,
  ) {}

  /** @param intoOf the id of the ticket that a split opens, where its sender names none */
  report(type: ReportedType, input: ReportInput, sender: Sender, intoOf?: (ticket: string) => string) {
    const { identity } = sender;
    const {
      ticket,
      ofSource,
      ofExternalId,
      ofReference,
      actor,
      command: said,
      other,
      ...report
    } = read(type, input, sender);
    const name = given({ ticket, ofSource, ofExternalId, ofReference, customer: report.customer });
    let command: TicketCommand = said;
    let id = ticket ?? idOf(command, report, identity);
    const isNew = id === undefined;
    const decided = async () => {
      id ??= said.type === 'OpenTicket' ? newId() : await this.found(name, sender);
      if (said.type === 'SplitTicket' && intoOf !== undefined) command = { ...said, into: intoOf(id) };
      if (said.type === 'MergeTicket' && other !== undefined)
        command = { ...said, into: await this.found({ ...other, ...given({ customer: report.customer }) }, sender) };
      if (said.type === 'SplitTicket' && other !== undefined)
        command = splitInto(said, other, { identity, customer: await ownerOf(this.store, id) });
      expectMayAsk(identity, command);
      const request = { ...report, ...given({ reference: ofReference }), command, ...recordedBy(identity, actor) };
      await foreseeRefused(this.store, sender, command.type === 'MergeTicket' ? [id, command.into] : [id]);
      const objection = sender.unopened?.objection(command, id);
      if (objection !== undefined) throw objection;
      const isOpening = isNew && command.type === 'OpenTicket';
      return this.decided(new ChangeTicketCommand(identity.scope, id, [request], isOpening, sender.signal));
    };
    const remembered = decided().catch((error: unknown) => {
      unopenedBy(sender).remember(command, id ?? '', error);
      if (command.type === 'OpenTicket' && command.reference !== undefined && !(error instanceof OpenedBefore))
        (sender.unopenedCalled ??= new Set()).add(command.reference);
      if (id === undefined || !(error instanceof Rejection)) throw error;
      const own = ticket === undefined ? calledIn(command, name) : undefined;
      const into = command !== said && 'into' in command ? command.into : null;
      throw inWordsOf(error, [
        [id, own],
        [into, other === undefined ? undefined : calledBy(other)],
      ]);
    });
    return orRejection(remembered);
  }

  private async found(name: TicketName, { identity, signal, unopenedCalled }: Sender): Promise<string> {
    const { ofReference } = name;
    if (ofReference !== undefined && unopenedCalled?.has(ofReference) === true) throw openingRejected(ofReference);
    const reader = { scope: identity.scope, who: identity.actor.id, signal };
    const [found] = await this.names.find([name], reader);
    if (typeof found === 'string') return found;
    throw found ?? new Error('a ticket was named, and nothing said of it');
  }

  private async decided(command: ChangeTicketCommand): Promise<TicketChangedType> {
    const { ticket, position, outcomes } = await this.bus.execute(command);
    const [outcome] = outcomes;
    if (outcome?.kind === 'rejected') throw outcome.rejection;
    if (ticket === undefined) throw new Error(`ticket ${command.ticketId} was changed, and is not there`);
    return Object.assign(new TicketChangedType(), {
      ticket: toTicketType(ticket, this.catalogue, this.time.now()),
      position: toCursor(this.store, position),
      recorded: outcome?.kind === 'recorded' ? outcome.events : 0,
      notices: outcome?.notices ?? [],
    });
  }
}

/** @throws GraphQLError `BAD_USER_INPUT` that names the fields at fault */
function read(
  type: ReportedType,
  input: ReportInput & NamedOpening & { readonly id?: string; readonly into?: string },
  sender: Sender,
) {
  const faults = new Faults();
  const report = readMutation(type, input, (field, message) => {
    faults.add(field, message);
  });
  if (report !== undefined) return report;
  rememberFailed(sender, type, { ticket: input.id ?? openingId(input, sender.identity), into: input.into });
  throw faults.asError();
}

function idOf(
  command: TicketCommand,
  { idempotencyKey }: { readonly idempotencyKey?: string },
  identity: Identity,
): string | undefined {
  if (command.type !== 'OpenTicket') return undefined;
  return openingId({ ...command.from, customer: command.customer, idempotencyKey }, identity);
}
