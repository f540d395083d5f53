import { type Actor } from '../../event-sourcing/event-store.js';
import { joinsStream } from '../domain/catalogue-events.js';
import { type JoinCommand, type Joins, joinsDecider } from '../domain/joins-decider.js';
import { type CatalogueRequest, type CataloguePorts, type Changed, record } from './catalogue-ports.js';

export type JoinRequest = CatalogueRequest<JoinCommand>;

/**
 * Joins an id of a customer to another.
 * @throws Rejection what {@link joinsDecider} refuses
 */
export const joinCustomers = (ports: CataloguePorts, request: JoinRequest, actor: Actor): Promise<Changed<Joins>> =>
  record(ports, joinsStream, joinsDecider, (said) => ({ ...request, ...said }), actor);
