import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { newFolder } from '../support/api.js';
import { ledgerAt } from '../support/application-contexts.js';
import { pledgeHere } from '../support/command-line.js';
import { change } from '../support/webhooks.js';

it('pledge webhooks lists them, and says which was disabled because its endpoint is gone', async () => {
  const folder = newFolder();
  const data = join(folder, 'data');
  const context = await ledgerAt('2026-03-02T09:00:00Z', data);
  expect(await pledgeHere(folder, ['webhooks'])).toEqual({
    ...{ code: 0, stdout: '' },
    stderr: 'There are no webhooks yet. The mutation registerWebhook makes one (docs/feed.md).\n',
  });
  const url = 'http://127.0.0.1:9/';
  for (const webhook of ['desk', 'old', 'quiet', 'removed']) {
    const endpoint = { webhook, url, description: webhook === 'quiet' ? 'for the nights' : null, filter: {} };
    await change(context, { type: 'RegisterWebhook', endpoint });
  }
  await change(context, { type: 'DisableGoneWebhook', webhook: 'old', url });
  await change(context, { type: 'DisableWebhook', webhook: 'quiet' });
  await change(context, { type: 'RemoveWebhook', webhook: 'removed' });
  await context.close();

  const list = await pledgeHere(folder, ['webhooks']);
  expect([list.code, list.stdout.trimEnd().split('\n')]).toEqual([
    0,
    [
      `desk  ${url}  enabled`,
      `old  ${url}  disabled: its endpoint answered 410 (Gone)`,
      `quiet  ${url}  disabled  (for the nights)`,
    ],
  ]);
  const json = await pledgeHere(folder, ['webhooks', '--json']);
  const lines = json.stdout.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { endpoint: { webhook: 'desk' }, disabledBecause: null },
    { endpoint: { webhook: 'old' }, disabledBecause: 'gone' },
    { endpoint: { webhook: 'quiet' }, disabledBecause: 'asked' },
  ]);
});
