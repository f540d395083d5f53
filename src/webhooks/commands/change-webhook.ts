import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Actor, type Position } from '../../event-sourcing/event-store.js';
import { handleCommand } from '../../event-sourcing/handle-command.js';
import { newId } from '../../event-sourcing/new-id.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { webhookStream } from '../domain/events.js';
import { type Webhook, type WebhookCommand, webhookDecider } from '../domain/webhook-decider.js';
import { expectTarget, type TargetRules } from '../ssrf-guard.js';
import { WEBHOOK_PORTS, type WebhookCommandPorts } from './webhook-ports.js';

type Asked<Command> = Command extends unknown ? Omit<Command, 'id' | 'metadata'> : never;
export type WebhookOrder = Asked<WebhookCommand>;

export interface ChangedWebhook {
  readonly webhook: Webhook;
  readonly position: Position;
  /** The secret that was made: shown this once. */
  readonly secret: string | null;
}

/** Registers, changes, disables, enables or removes a webhook, or gives it a new secret. */
export class ChangeWebhook extends Command<ChangedWebhook> {
  constructor(
    readonly order: WebhookOrder,
    readonly actor: Actor,
  ) {
    super();
  }
}

/** How many webhooks there may be; each has some requests under way at a time. */
const most = 100;

/**
 * What {@link ChangeWebhook} does, for those without a bus.
 * @throws Rejection `TOO_MANY_WEBHOOKS`, `WEBHOOK_TARGET_REFUSED`, and what {@link webhookDecider} refuses
 */
export async function changeWebhook(
  ports: WebhookCommandPorts,
  asked: WebhookOrder,
  actor: Actor,
): Promise<ChangedWebhook> {
  const { store, clock, rules, outbox, secretOf } = ports;
  const order = await withSoundTarget(asked, rules);
  if (order.type === 'RegisterWebhook') {
    const { count } = await outbox.db
      .selectFrom('endpoints')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    if (count >= most) throw new Rejection('TOO_MANY_WEBHOOKS', `There are ${most} webhooks, and no more can be.`);
  }
  const id = order.type === 'RegisterWebhook' ? order.endpoint.webhook : order.webhook;
  const now = clock.now();
  const said = { id: newId(), metadata: { actor, occurredAt: now, recordedAt: now, schemaVersion: 1 } };
  const { state, position, recorded } = await handleCommand(store, webhookStream(id), webhookDecider, {
    ...order,
    ...said,
  });
  if (state === undefined) throw new Error(`webhook ${id} is not there after it was changed`);
  const isNew = recorded > 0 && (order.type === 'RegisterWebhook' || order.type === 'RotateWebhookSecret');
  return { webhook: state, position, secret: isNew ? secretOf(id, state.secret) : null };
}

/** An order whose URL, where it has one, is checked, and written as every reader of URLs reads it. */
async function withSoundTarget(order: WebhookOrder, rules: TargetRules): Promise<WebhookOrder> {
  if (order.type === 'RegisterWebhook') {
    const url = await expectTarget(order.endpoint.url, rules);
    return { ...order, endpoint: { ...order.endpoint, url } };
  }
  if (order.type !== 'ChangeWebhook' || order.changes.url === undefined) return order;
  return { ...order, changes: { ...order.changes, url: await expectTarget(order.changes.url, rules) } };
}

@CommandHandler(ChangeWebhook)
export class ChangeWebhookHandler implements ICommandHandler<ChangeWebhook> {
  constructor(@Inject(WEBHOOK_PORTS) private readonly ports: WebhookCommandPorts) {}

  execute({ order, actor }: ChangeWebhook): Promise<ChangedWebhook> {
    return changeWebhook(this.ports, order, actor);
  }
}
