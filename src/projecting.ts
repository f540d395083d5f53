import { type Settings } from './config/settings.js';
import { joinReadModels } from './database/read-models.js';
import { type ProjectionStatus } from './event-sourcing/progress.js';
import { type SubscriptionStatus } from './event-sourcing/subscription-status.js';
import { filesOf } from './event-store/sqlite/data-folder.js';
import { openLog, type Waiting } from './open-log.js';
import { Projections } from './projections/projections.js';

/** What a thread projects with, beside the one that owns the data folder. */
export interface Projecting {
  readonly projections: Projections;
  /** The owner has committed. */
  readonly committed: () => void;
  readonly close: () => Promise<void>;
}

export interface ProjectingOptions {
  readonly waiting: Waiting;
  /** Called when the subscription by which the log is followed is otherwise. */
  readonly subscribed: (status: SubscriptionStatus) => void;
  readonly changed: (status: ProjectionStatus) => void;
}

/** Opens the log and the read models of a data folder for the projections alone. */
export async function openProjecting(
  settings: Settings,
  { waiting, subscribed, changed }: ProjectingOptions,
): Promise<Projecting> {
  const log = await openLog(settings, { readonly: true, waiting, subscribed });
  const readModels = await joinReadModels(filesOf(settings.data).readModelsFile, log.store.logId);
  const close = async () => {
    await readModels.close();
    await log.close();
  };
  return { projections: new Projections(log, readModels, changed), committed: log.ring, close };
}
