import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Actor } from '../../event-sourcing/event-store.js';
import { type Words } from '../domain/words.js';
import { type Changed } from './catalogue-ports.js';
import { changeWord, type WordRequest } from './change-word.js';
import { InjectedPorts } from './injected-ports.js';

/** Defines, revises, retires or restores a word of the desk. */
export class ChangeWordCommand extends Command<Changed<Words>> {
  constructor(
    readonly request: WordRequest,
    readonly actor: Actor,
  ) {
    super();
  }
}

@CommandHandler(ChangeWordCommand)
export class ChangeWordHandler extends InjectedPorts implements ICommandHandler<ChangeWordCommand> {
  execute = ({ request, actor }: ChangeWordCommand) => changeWord(this, request, actor);
}
