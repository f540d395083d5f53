import { type Actor } from '../../event-sourcing/event-store.js';
import { wordsStream } from '../domain/catalogue-events.js';
import { type Words } from '../domain/words.js';
import { type WordCommand, wordsDecider } from '../domain/words-decider.js';
import { type CatalogueRequest, type CataloguePorts, type Changed, record } from './catalogue-ports.js';

export type WordRequest = CatalogueRequest<WordCommand>;

/**
 * Defines, revises, retires or restores a word of the desk.
 * @throws Rejection what {@link wordsDecider} refuses
 */
export const changeWord = (ports: CataloguePorts, command: WordRequest, actor: Actor): Promise<Changed<Words>> =>
  record(ports, wordsStream, wordsDecider, (said) => ({ ...command, ...said }), actor);
