import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Actor, type Position } from '../../event-sourcing/event-store.js';
import { handleCommand } from '../../event-sourcing/handle-command.js';
import { newId } from '../../event-sourcing/new-id.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { webhookStream } from '../domain/webhook-events.js';
import { type Webhook, type WebhookCommand, webhookDecider } from '../domain/webhook-decider.js';
import { expectTarget, type TargetRules } from '../ssrf-guard.js';
import { countWebhooks, WEBHOOK_PORTS, type WebhookCommandPorts } from './webhook-ports.js';

type Asked<Command> = Command extends unknown ? Omit<Command, 'id' | 'metadata'> : never;
export type WebhookChange = Asked<WebhookCommand>;

export interface ChangedWebhook {
  readonly webhook: Webhook;
  readonly position: Position;
  /** How many events were recorded; none: it was already so. */
  readonly recorded: number;
  /** The secret that was made: shown this once. */
  readonly secret: string | null;
}

/** Registers, changes, disables, enables or removes a webhook, or gives it a new secret. */
export class ChangeWebhookCommand extends Command<ChangedWebhook> {
  constructor(
    readonly command: WebhookChange,
    readonly actor: Actor,
  ) {
    super();
  }
}

/** How many webhooks there may be; each has some requests under way at a time. */
const most = 100;

/**
 * What {@link ChangeWebhookCommand} does, for those without a bus.
 * @throws Rejection `TOO_MANY_WEBHOOKS`, `WEBHOOK_TARGET_REFUSED`, and what {@link webhookDecider} and {@link countWebhooks} refuse
 */
export async function changeWebhook(
  ports: WebhookCommandPorts,
  asked: WebhookChange,
  actor: Actor,
): Promise<ChangedWebhook> {
  const { store, time, rules, secretOf } = ports;
  const command = await withSoundTarget(asked, rules);
  if (command.type === 'RegisterWebhook' && (await countWebhooks(ports)) >= most)
    throw new Rejection('TOO_MANY_WEBHOOKS', `There are already ${most} webhooks, which is the limit.`);
  const id = command.type === 'RegisterWebhook' ? command.endpoint.webhook : command.webhook;
  const now = time.now();
  const event = { id: newId(), metadata: { actor, occurredAt: now, recordedAt: now, schemaVersion: 1 } };
  const { state, position, recorded } = await handleCommand(store, webhookStream(id), webhookDecider, {
    ...command,
    ...event,
  });
  if (state === undefined) throw new Error(`webhook ${id} is not there after it was changed`);
  const isNew = recorded > 0 && (command.type === 'RegisterWebhook' || command.type === 'RotateWebhookSecret');
  return { webhook: state, position, recorded, secret: isNew ? secretOf(id, state.secret) : null };
}

/** A command whose URL, where it has one, is checked, and written as every reader of URLs reads it. */
async function withSoundTarget(command: WebhookChange, rules: TargetRules): Promise<WebhookChange> {
  if (command.type === 'RegisterWebhook') {
    const url = await expectTarget(command.endpoint.url, rules);
    return { ...command, endpoint: { ...command.endpoint, url } };
  }
  if (command.type !== 'ChangeWebhook' || command.changes.url === undefined) return command;
  return { ...command, changes: { ...command.changes, url: await expectTarget(command.changes.url, rules) } };
}

@CommandHandler(ChangeWebhookCommand)
export class ChangeWebhookHandler implements ICommandHandler<ChangeWebhookCommand> {
  constructor(@Inject(WEBHOOK_PORTS) private readonly ports: WebhookCommandPorts) {}

  execute({ command, actor }: ChangeWebhookCommand): Promise<ChangedWebhook> {
    return changeWebhook(this.ports, command, actor);
  }
}
