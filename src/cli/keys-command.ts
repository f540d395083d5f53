import { Command, InvalidArgumentError, Option } from 'commander';
import { type KeptKey, KeyStore } from '../auth/key-store.js';
import { type Role, roles } from '../auth/permissions.js';
import { systemTime } from '../time/time-source.js';
import { readSettings } from '../config/settings.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { complain, isPrinted, print, printsAlone } from './print.js';

const dayMs = 24 * 3_600_000;

/** Does something with the keys of the data folder, beside a running server too. */
async function withKeys(
  how: 'open' | 'existing',
  work: (keys: KeyStore, now: number) => void | Promise<void>,
): Promise<void> {
  const keys = KeyStore[how](readSettings().data);
  try {
    await work(keys, systemTime.now());
  } finally {
    keys.close();
  }
}

interface CreateOptions {
  readonly role: Role;
  readonly customers?: readonly string[];
  readonly days: number;
}

const createCommand = new Command('create')
  .description('make an API key for a program; the key is shown only once')
  .argument('<name>', 'the name of the program; it becomes the actor of its events', nameOf)
  .addOption(
    new Option('--role <role>', 'what it may do (docs/permissions.md)')
      .choices(Object.keys(roles))
      .makeOptionMandatory(),
  )
  .option('--customers <ids>', 'limit the key to these customers, separated by commas', idsOf)
  .option('--days <n>', 'the number of days until it expires', daysOf, 365)
  .action((name: string, { role, customers, days }: CreateOptions) =>
    withKeys('open', async (keys, now) => {
      const expiresAt = now + days * dayMs;
      const { id, text } = keys.create({ name, role, customers: customers ?? null, expiresAt }, now);
      complain(`Key ${id}, for the role ${role}, until ${iso(expiresAt)}. It is shown only once:`);
      if (await isPrinted(text)) return;
      keys.revoke(id, now);
      throw new Rejection('OUTPUT_NOT_WRITABLE', `Key ${id} could not be shown, so it was revoked.`);
    }),
  );

const listCommand = new Command('list')
  .description('list all keys, without the keys themselves')
  .option('--json', 'one JSON object a line')
  .action(({ json = false }: { readonly json?: boolean }) => {
    printsAlone();
    return withKeys('existing', (keys, now) => {
      for (const { digest: _digest, ...key } of keys.list()) print(json ? JSON.stringify(key) : line(key, now));
    });
  });

const revokeCommand = new Command('revoke')
  .description('revoke a key; a running server refuses it at once')
  .argument('<id>', 'its id, from `list`')
  .action((id: string) =>
    withKeys('existing', (keys, now) => {
      keys.revoke(id, now);
      print(`Key ${id} is revoked.`);
    }),
  );

export const keysCommand = new Command('keys')
  .description('API keys for programs; works while the server runs')
  .addCommand(createCommand)
  .addCommand(listCommand)
  .addCommand(revokeCommand);

const iso = (at: number) => new Date(at).toISOString();

function line({ id, name, role, customers, expiresAt, revokedAt }: Omit<KeptKey, 'digest'>, now: number): string {
  const whose = customers === null ? 'every customer' : customers.join(', ');
  const until = expiresAt === null ? 'for ever' : `${expiresAt <= now ? 'expired' : 'until'} ${iso(expiresAt)}`;
  const standing = revokedAt === null ? until : `revoked ${iso(revokedAt)}`;
  return `${id}  ${role.padEnd(9)}  ${standing}  ${name} (${whose})`;
}

function nameOf(text: string): string {
  if (/^[^\p{C}]{1,100}$/u.test(text)) return text;
  throw new InvalidArgumentError('Give a name of 1 to 100 printable characters.');
}

function idsOf(text: string): readonly string[] {
  const ids = text.split(',').map((id) => id.trim());
  if (ids.every((id) => id !== '')) return ids;
  throw new InvalidArgumentError('Give the ids of customers with commas between, for example acme,globex.');
}

function daysOf(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 3650) return days;
  throw new InvalidArgumentError('Give a whole number of days from 1 to 3650.');
}
