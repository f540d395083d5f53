import { Inject } from '@nestjs/common';
import { CATALOGUE, EVENT_STORE, HOLIDAYS, TIME_SOURCE } from '../../di-tokens.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { type TimeSource } from '../../time/time-source.js';
import { type Catalogue } from '../catalogue.js';
import { type ResolveHolidays } from '../holidays-apart.js';
import { type CataloguePorts } from './catalogue-ports.js';

/** The ports as Nest hands them to the handlers. */
export class InjectedPorts implements CataloguePorts {
  constructor(
    @Inject(EVENT_STORE) readonly store: EventStore,
    @Inject(CATALOGUE) readonly catalogue: Catalogue,
    @Inject(TIME_SOURCE) readonly time: TimeSource,
    @Inject(HOLIDAYS) readonly resolveHolidays: ResolveHolidays,
  ) {}
}
