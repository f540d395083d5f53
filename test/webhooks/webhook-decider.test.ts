import { describe, it } from '@jest/globals';
import { webhookDecider } from '../../src/webhooks/domain/webhook-decider.js';
import { specify } from '../support/specify.js';

const { given } = specify(webhookDecider);

const endpoint = { webhook: 'desk', url: 'https://hooks.example/', description: null, filter: {} };
const registered = ['2026-03-01', { type: 'RegisterWebhook', endpoint }] as const;
const disabled = ['2026-03-02', { type: 'DisableWebhook', webhook: 'desk' }] as const;
const removed = ['2026-03-02', { type: 'RemoveWebhook', webhook: 'desk' }] as const;

describe('a webhook', () => {
  it('is registered', () => {
    given()
      .when(...registered)
      .then(['WebhookRegistered', endpoint]);
  });

  it('registered again as it is, is so already', () => {
    given(registered)
      .when(...registered)
      .then();
  });

  it("is not registered under an id that is, or was, another's", () => {
    const other = { type: 'RegisterWebhook', endpoint: { ...endpoint, url: 'https://other.example/' } } as const;
    given(registered).when('2026-03-03', other).thenRejected('WEBHOOK_EXISTS', 'desk');
    given(registered, removed)
      .when(...registered)
      .thenRejected('WEBHOOK_EXISTS', 'desk');
  });

  it('is changed in what is said; the rest stays', () => {
    given(registered)
      .when('2026-03-03', { type: 'ChangeWebhook', webhook: 'desk', changes: { description: 'for the desk' } })
      .then(['WebhookChanged', { ...endpoint, description: 'for the desk' }]);
    given(registered)
      .when('2026-03-03', { type: 'ChangeWebhook', webhook: 'desk', changes: { url: endpoint.url } })
      .then();
  });

  it('is disabled and enabled, each once', () => {
    given(registered)
      .when(...disabled)
      .then(['WebhookDisabled', { webhook: 'desk' }]);
    given(registered, disabled)
      .when(...disabled)
      .then();
    given(registered, disabled)
      .when('2026-03-03', { type: 'EnableWebhook', webhook: 'desk' })
      .then(['WebhookEnabled', { webhook: 'desk' }]);
    given(registered).when('2026-03-03', { type: 'EnableWebhook', webhook: 'desk' }).then();
  });

  it('is disabled where its endpoint is gone, unless it has another by then', () => {
    const gone = { type: 'DisableGoneWebhook', webhook: 'desk', url: endpoint.url } as const;
    given(registered)
      .when('2026-03-03', gone)
      .then(['WebhookDisabled', { webhook: 'desk', because: 'gone' }]);
    given(registered, disabled).when('2026-03-03', gone).then();
    given(registered, removed).when('2026-03-03', gone).then();
    given().when('2026-03-03', gone).then();
    given(registered)
      .when('2026-03-03', { ...gone, url: 'https://before.example/' })
      .then();
  });

  it('gets secrets by number, the one before for a while beside the new one', () => {
    const rotate = { type: 'RotateWebhookSecret', webhook: 'desk', overlapMs: 3_600_000 } as const;
    const until = Date.parse('2026-03-03T01:00:00Z');
    given(registered, ['2026-03-02', rotate])
      .when('2026-03-03', rotate)
      .then(['WebhookSecretRotated', { webhook: 'desk', secret: 3, previousUntil: until }]);
  });

  it('is removed for good', () => {
    given(registered)
      .when(...removed)
      .then(['WebhookRemoved', { webhook: 'desk' }]);
    given(registered, removed)
      .when(...removed)
      .then();
    given(registered, removed)
      .when(...disabled)
      .thenRejected('WEBHOOK_NOT_FOUND', 'desk');
    given()
      .when(...removed)
      .thenRejected('WEBHOOK_NOT_FOUND', 'desk');
  });
});
