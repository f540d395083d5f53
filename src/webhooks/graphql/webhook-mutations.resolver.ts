import { Inject } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { type Identity } from '../../auth/identity.js';
import { Asking, Caller, Requires } from '../../auth/requires.js';
import { type Reader } from '../../auth/asker.js';
import { expectReached, fromCursor, toCursor } from '../../event-sourcing/cursor.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { newId } from '../../event-sourcing/new-id.js';
import { givenValues } from '../../api/graphql/relay-connection.js';
import { withCustomerIds } from '../../api/graphql/filters.js';
import { orRejection } from '../../api/graphql/rejected.js';
import { type SlaEventFilterInput, toFeedFilter } from '../../feed/graphql/sla-event.types.js';
import { type Notice, notice } from '../../event-sourcing/notice.js';
import { MayScan } from '../../api/graphql/may-scan.js';
import { UnknownInFilterQuery } from '../../tickets/unknown-in-filter.js';
import { EVENT_STORE } from '../../di-tokens.js';
import { type ChangedWebhook, ChangeWebhookCommand, type WebhookChange } from '../commands/change-webhook.js';
import { ReplayWebhookCommand, TestWebhookCommand } from '../commands/deliver.js';
import { ChangedWebhookQuery } from '../webhook-queries.js';
import {
  ChangeWebhookInput,
  RegisterWebhookInput,
  ReplayWebhookInput,
  RotateWebhookSecretInput,
  WebhookInput,
} from './webhook.inputs.js';
import { toTestedType, toWebhookType, WebhookResult, WebhookSavedType, WebhookTestResult } from './webhook.types.js';

@Resolver()
export class WebhookMutationsResolver {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  @Requires('changeWebhooks')
  @MayScan()
  @Mutation(() => WebhookResult, {
    nullable: true,
    description:
      'Registers an address that the feed is sent to from now on. The secret is shown only in this answer. Refused: WEBHOOK_EXISTS, WEBHOOK_TARGET_REFUSED, TOO_MANY_WEBHOOKS.',
  })
  registerWebhook(
    @Args('input', { description: 'The webhook.' }) input: RegisterWebhookInput,
    @Caller() caller: Identity,
    @Asking() reader: Reader,
  ) {
    const { id: webhook = newId(), description = null } = givenValues({ id: input.id, description: input.description });
    const endpoint = { webhook, url: input.url, description, filter: toFeedFilter(input.filter) };
    return this.change(caller, { type: 'RegisterWebhook', endpoint }, this.unknownIn(reader, input.filter));
  }

  @Requires('changeWebhooks')
  @MayScan()
  @Mutation(() => WebhookResult, {
    nullable: true,
    description:
      'Changes a webhook, for what is recorded from now on. Refused: WEBHOOK_NOT_FOUND, WEBHOOK_TARGET_REFUSED.',
  })
  changeWebhook(
    @Args('input', { description: 'The changes.' }) input: ChangeWebhookInput,
    @Caller() caller: Identity,
    @Asking() reader: Reader,
  ) {
    const { id: webhook, filter, ...rest } = input;
    const changes = givenValues({ url: rest.url, description: rest.description });
    const narrowed = filter == null ? {} : { filter: toFeedFilter(filter) };
    const command = { type: 'ChangeWebhook', webhook, changes: { ...changes, ...narrowed } } as const;
    return this.change(caller, command, this.unknownIn(reader, filter));
  }

  @Requires('changeWebhooks')
  @Mutation(() => WebhookResult, {
    nullable: true,
    description:
      'Sends a webhook nothing until it is enabled again; what is recorded meanwhile is sent then. Refused: WEBHOOK_NOT_FOUND.',
  })
  disableWebhook(
    @Args('input', { description: 'The webhook.' }) { id: webhook }: WebhookInput,
    @Caller() caller: Identity,
  ) {
    return this.change(caller, { type: 'DisableWebhook', webhook });
  }

  @Requires('changeWebhooks')
  @Mutation(() => WebhookResult, {
    nullable: true,
    description: 'Enables a webhook again; it continues where it was disabled. Refused: WEBHOOK_NOT_FOUND.',
  })
  enableWebhook(
    @Args('input', { description: 'The webhook.' }) { id: webhook }: WebhookInput,
    @Caller() caller: Identity,
  ) {
    return this.change(caller, { type: 'EnableWebhook', webhook });
  }

  @Requires('changeWebhooks')
  @Mutation(() => WebhookResult, {
    nullable: true,
    description: 'Removes a webhook for good, with what waits for it. Refused: WEBHOOK_NOT_FOUND.',
  })
  removeWebhook(
    @Args('input', { description: 'The webhook.' }) { id: webhook }: WebhookInput,
    @Caller() caller: Identity,
  ) {
    return this.change(caller, { type: 'RemoveWebhook', webhook });
  }

  @Requires('changeWebhooks')
  @Mutation(() => WebhookResult, {
    nullable: true,
    description: 'Gives a webhook a new secret. It is shown only in this answer. Refused: WEBHOOK_NOT_FOUND.',
  })
  rotateWebhookSecret(
    @Args('input', { description: 'The webhook.' }) input: RotateWebhookSecretInput,
    @Caller() caller: Identity,
  ) {
    const { id: webhook, overlapHours } = input;
    return this.change(caller, { type: 'RotateWebhookSecret', webhook, overlapMs: overlapHours * 3_600_000 });
  }

  @Requires('changeWebhooks')
  @Mutation(() => WebhookResult, {
    nullable: true,
    description:
      'Sends a webhook again each event after a cursor that passes its filter, delivered or dead-lettered. Refused: WEBHOOK_NOT_FOUND, INVALID_CURSOR, CURSOR_OF_ANOTHER_LOG.',
  })
  replayWebhook(@Args('input', { description: 'The webhook, and from where.' }) { id, after }: ReplayWebhookInput) {
    const work = async () => {
      const position = fromCursor(this.store, after);
      await expectReached(this.store, position);
      return this.commands.execute(new ReplayWebhookCommand(id, position));
    };
    return this.answer(work().then((replayed) => ({ ...replayed, recorded: 1, secret: null })));
  }

  @Requires('changeWebhooks')
  @Mutation(() => WebhookTestResult, {
    nullable: true,
    description:
      'Sends a webhook a test message, one attempt, and answers what became of it. Refused: WEBHOOK_NOT_FOUND.',
  })
  testWebhook(@Args('input', { description: 'The webhook.' }) { id }: WebhookInput, @Asking() { signal }: Reader) {
    return orRejection(this.commands.execute(new TestWebhookCommand(id, signal)).then(toTestedType));
  }

  /** What a filter names that there never was: asked before anything is recorded, for a secret is answered once. */
  private unknownIn(reader: Reader, filter: SlaEventFilterInput | null | undefined): Promise<readonly Notice[]> {
    const named = withCustomerIds(givenValues(filter));
    return this.queries.execute(new UnknownInFilterQuery(reader, named, undefined));
  }

  private change({ actor }: Identity, command: WebhookChange, unknown: Promise<readonly Notice[]> = none) {
    const changed = async () => {
      const notices = await unknown;
      return { ...(await this.commands.execute(new ChangeWebhookCommand(command, actor))), notices };
    };
    return this.answer(changed());
  }

  private answer(work: Promise<ChangedWebhook & { readonly notices?: readonly Notice[] }>) {
    return orRejection(
      work.then(async ({ webhook, position, recorded, secret, notices = [] }) => {
        const view = toWebhookType(await this.queries.execute(new ChangedWebhookQuery(webhook)));
        const so = recorded === 0 ? [notice('alreadySo', view.id)] : [];
        const saved = { webhook: view, secret, notices: [...so, ...notices], position: toCursor(this.store, position) };
        return Object.assign(new WebhookSavedType(), saved);
      }),
    );
  }
}

const none: Promise<readonly Notice[]> = Promise.resolve([]);
