import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Position } from '../../event-sourcing/event-store.js';
import { newId } from '../../event-sourcing/new-id.js';
import { type Webhook } from '../domain/webhook-decider.js';
import { replay } from '../outbox/outbox-projection.js';
import { signedHeaders, testBody } from '../payload.js';
import { type PostOutcome, unanswered } from '../post.js';
import { WEBHOOK_PORTS, type WebhookCommandPorts, webhookNow } from './webhook-ports.js';

/** Sends a webhook once more what it wants of all that was recorded after a position. */
export class ReplayWebhookCommand extends Command<{ readonly webhook: Webhook; readonly position: Position }> {
  constructor(
    readonly webhook: string,
    readonly after: Position,
  ) {
    super();
  }
}

@CommandHandler(ReplayWebhookCommand)
export class ReplayWebhookHandler implements ICommandHandler<ReplayWebhookCommand> {
  constructor(@Inject(WEBHOOK_PORTS) private readonly ports: WebhookCommandPorts) {}

  /** @throws what {@link webhookNow} refuses */
  async execute({ webhook: id, after }: ReplayWebhookCommand) {
    const { outbox, store, changed } = this.ports;
    const webhook = await webhookNow(this.ports, id);
    const until = await store.lastPosition();
    await outbox.transaction((tx) => replay(tx, id, after, until));
    changed.notify();
    return { webhook, position: until };
  }
}

/** Sends a webhook a message that only shows whether messages arrive: one attempt, now, enabled or not. */
export class TestWebhookCommand extends Command<PostOutcome> {
  constructor(
    readonly webhook: string,
    /** Aborts when nobody waits for the answer any more. */
    readonly signal: AbortSignal,
  ) {
    super();
  }
}

@CommandHandler(TestWebhookCommand)
export class TestWebhookHandler implements ICommandHandler<TestWebhookCommand> {
  constructor(@Inject(WEBHOOK_PORTS) private readonly ports: WebhookCommandPorts) {}

  /** @throws what {@link webhookNow} refuses */
  async execute({ webhook: id, signal }: TestWebhookCommand): Promise<PostOutcome> {
    const { time, post, secretOf } = this.ports;
    const webhook = await webhookNow(this.ports, id);
    const message = { id: newId(), now: time.now(), body: testBody(time.now()) };
    const headers = signedHeaders(webhook, secretOf, message);
    const { url } = webhook.endpoint;
    const outcome = await post({ url, headers, body: message.body }, signal);
    return outcome ?? unanswered('it was given up');
  }
}
