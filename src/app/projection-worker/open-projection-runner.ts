import { type Settings } from '../../config/settings.js';
import { joinReadModels, type ReadModels } from '../../read-models/read-models.js';
import { waitToRetry } from '../../event-sourcing/retry-delay.js';
import { type ProjectionStatus } from '../../event-sourcing/progress.js';
import { StorageFault } from '../../event-sourcing/storage-fault.js';
import { type SubscriptionStatus } from '../../event-sourcing/subscription-status.js';
import { filesOf } from '../../event-store/sqlite/data-folder.js';
import { openEventStore, type Waiting } from '../open-event-store.js';
import { Projections } from './projections.js';

/** What a thread projects with, beside the one that owns the data folder. */
export interface OpenProjectionRunner {
  readonly projections: Projections;
  /** The owner has committed. */
  readonly committed: () => void;
  readonly close: () => Promise<void>;
}

export interface ProjectionRunnerOptions {
  readonly waiting: Waiting;
  /** Called when the subscription by which the log is followed is otherwise. */
  readonly subscribed: (status: SubscriptionStatus) => void;
  readonly changed: (status: ProjectionStatus) => void;
}

/** Opens the log and the read models of a data folder for the projections alone; a disk that fails for a while is waited for. */
export async function openProjectionRunner(
  settings: Settings,
  options: ProjectionRunnerOptions,
): Promise<OpenProjectionRunner> {
  const { signal, onRetry } = options.waiting;
  for (let tries = 1; ; tries++) {
    try {
      return await openNow(settings, options);
    } catch (error) {
      if (!(error instanceof StorageFault) || error.isLasting || signal.aborted) throw error;
      onRetry(error.message);
      await waitToRetry(tries, signal);
    }
  }
}

async function openNow(
  settings: Settings,
  { waiting, subscribed, changed }: ProjectionRunnerOptions,
): Promise<OpenProjectionRunner> {
  const log = await openEventStore(settings, { readonly: true, waiting, subscribed });
  const { readModelsFile } = filesOf(settings.data);
  let readModels: ReadModels;
  try {
    readModels = joinReadModels(readModelsFile);
  } catch (error) {
    await log.close();
    throw error;
  }
  const close = async () => {
    await readModels.close();
    await log.close();
  };
  return { projections: new Projections(log, readModels, changed), committed: log.notify, close };
}
