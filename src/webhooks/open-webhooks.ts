import { type TimeSource } from '../time/time-source.js';
import { Notifier } from '../event-sourcing/notifier.js';
import { type EventStore } from '../event-sourcing/event-store.js';
import { type Finding } from '../event-sourcing/standing.js';
import { type Projection, type ProjectionStore } from '../event-sourcing/projection-processor.js';
import { ProjectionRunner } from '../event-sourcing/projection-runner.js';
import { openOutbox, type Outbox, type OutboxTx } from './outbox/open-outbox.js';
import { outboxProjection } from './outbox/outbox-projection.js';
import { keyIn, type SecretOf, secretsFrom } from './secrets.js';

/** What webhooks have in a data folder. */
export interface Webhooks {
  readonly outbox: Outbox;
  /** Brings the outbox up to the log. */
  readonly runner: ProjectionRunner<OutboxTx>;
  readonly secretOf: SecretOf;
  /** Rings when there may be something to do. */
  readonly changed: Notifier;
  close(): Promise<void>;
}

export interface WebhookFiles {
  readonly outbox: string;
  /** Holds the key that the secrets are made from. */
  readonly key: string;
}

/** Opens what webhooks have in a data folder, and makes what is lacking. @throws what {@link openOutbox} and {@link keyIn} throw */
export async function openWebhooks(
  files: WebhookFiles,
  { store, time }: { readonly store: EventStore; readonly time: TimeSource },
  finding: Finding,
): Promise<Webhooks> {
  const secretOf = secretsFrom(keyIn(files.key));
  const outbox = await openOutbox(files.outbox, store, finding);
  const changed = new Notifier();
  const { rows, projection } = notifying(outbox, outboxProjection(time), changed);
  const runner = new ProjectionRunner(store, rows, [projection]);
  return { outbox, secretOf, changed, runner, close: outbox.close };
}

/** Notifies after each transaction that took events. One that only moves the checkpoint concerns nobody. */
function notifying(outbox: Outbox, projection: Projection<OutboxTx>, notifier: Notifier) {
  let tookEvents = false;
  const noting: Projection<OutboxTx> = {
    ...projection,
    apply: (events, tx) => {
      tookEvents = true;
      return projection.apply(events, tx);
    },
  };
  const rows: ProjectionStore<OutboxTx> = {
    ...outbox,
    transaction: async (work) => {
      const result = await outbox.transaction(work);
      if (tookEvents) notifier.notify();
      tookEvents = false;
      return result;
    },
  };
  return { rows, projection: noting };
}
