import { type Settings } from '../../config/settings.js';
import { filesOf } from '../../event-store/sqlite/data-folder.js';
import { soonMs } from '../../event-sourcing/soon.js';
import { type OpenEventStore, openEventStore } from '../open-event-store.js';
import { Catalogue } from '../../catalogue/catalogue.js';
import { type ReadPorts } from './read-requests.js';
import { ReadFiles } from './read-files.js';

/** What a thread reads with, beside the one that owns the data folder. */
export interface OpenReadPorts {
  readonly ports: ReadPorts;
  readonly close: () => Promise<void>;
}

/** The files and the log of a data folder for reading alone, each opened when it is first asked for. */
export function openReading(settings: Settings): OpenReadPorts {
  const { readModelsFile, webhookFiles } = filesOf(settings.data);
  const files = new ReadFiles({ readModels: readModelsFile, outbox: webhookFiles.outbox });
  let opening: Promise<OpenEventStore> | undefined;
  const log = async () => {
    opening ??= openEventStore(settings, {
      readonly: true,
      patienceMs: soonMs,
      waiting: { signal: AbortSignal.timeout(soonMs), onRetry: () => undefined },
    });
    try {
      const { store } = await opening;
      return { store, catalogue: new Catalogue(store, settings.defaultPlan) };
    } catch (error) {
      opening = undefined; // it is tried again
      throw error;
    }
  };
  const close = async () => {
    files.close();
    await opening?.then(
      (opened) => opened.close(),
      () => undefined,
    );
  };
  return { ports: { files, log }, close };
}
