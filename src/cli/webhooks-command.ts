import { Command } from 'commander';
import { openForReading } from '../app/pledge-context.js';
import { type Webhook } from '../webhooks/domain/webhook-decider.js';
import { recordedWebhooks } from '../webhooks/recorded-webhooks.js';
import { complain, print, printsAlone } from './print.js';
import { settingsHere } from './settings-here.js';

export const webhooksCommand = new Command('webhooks')
  .description('list the webhooks, and why one is disabled; works while the server runs')
  .option('--json', 'one JSON object a line')
  .action(async ({ json = false }: { readonly json?: boolean }) => {
    printsAlone();
    const context = await openForReading(settingsHere());
    try {
      const webhooks = await recordedWebhooks(context.store);
      for (const webhook of webhooks) print(json ? JSON.stringify(webhook) : line(webhook));
      if (webhooks.length === 0)
        complain('There are no webhooks yet. The mutation registerWebhook makes one (docs/feed.md).');
    } finally {
      await context.close();
    }
  });

const states = {
  asked: 'disabled',
  gone: 'disabled: its endpoint answered 410 (Gone)',
} as const satisfies Record<NonNullable<Webhook['disabledBecause']>, string>;

function line({ endpoint, disabledBecause }: Webhook): string {
  const { webhook, url, description } = endpoint;
  const state = disabledBecause === null ? 'enabled' : states[disabledBecause];
  return [webhook, url, state, ...(description === null ? [] : [`(${description})`])].join('  ');
}
