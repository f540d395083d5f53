import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Actor } from '../../event-sourcing/event-store.js';
import { wordsStream } from '../domain/catalogue-events.js';
import { type Words } from '../domain/words.js';
import { type WordCommand, wordsDecider } from '../domain/words-decider.js';
import { type CatalogueRequest, type CataloguePorts, type Changed, InjectedPorts, record } from './catalogue-ports.js';

export type WordRequest = CatalogueRequest<WordCommand>;

/** Defines, revises, retires or restores a word of the desk. */
export class ChangeWordCommand extends Command<Changed<Words>> {
  constructor(
    readonly request: WordRequest,
    readonly actor: Actor,
  ) {
    super();
  }
}

/**
 * What {@link ChangeWordCommand} does, for those without a bus.
 * @throws Rejection what {@link wordsDecider} refuses
 */
export const changeWord = (ports: CataloguePorts, command: WordRequest, actor: Actor): Promise<Changed<Words>> =>
  record(ports, wordsStream, wordsDecider, (said) => ({ ...command, ...said }), actor);

@CommandHandler(ChangeWordCommand)
export class ChangeWordHandler extends InjectedPorts implements ICommandHandler<ChangeWordCommand> {
  execute = ({ request, actor }: ChangeWordCommand) => changeWord(this, request, actor);
}
