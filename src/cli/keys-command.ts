import { Command, InvalidArgumentError, Option } from 'commander';
import { type KeptKey, KeyStore } from '../auth/key-store.js';
import { type Role, roles } from '../auth/permissions.js';
import { systemTime } from '../time/time-source.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { customerIdOf } from '../parsing/customer-id.js';
import { customerId } from './arguments.js';
import { complain, isPrinted, print, printsAlone } from './print.js';
import { settingsHere } from './settings-here.js';

const dayMs = 24 * 3_600_000;

/** Does something with the keys of the data folder, beside a running server too. */
async function withKeys(
  how: 'open' | 'existing',
  work: (keys: KeyStore, now: number) => void | Promise<void>,
): Promise<void> {
  const keys = KeyStore[how](settingsHere().data);
  try {
    await work(keys, systemTime.now());
  } finally {
    keys.close();
  }
}

interface CreateOptions {
  readonly role: Role;
  readonly person?: string;
  readonly customers?: readonly string[];
  readonly customer?: readonly string[];
  readonly days: number;
}

const createCommand = new Command('create')
  .description('make an API key for a program, or for a person; the key is shown only once')
  .argument('<name>', 'what the key is for; it becomes the actor of its events, unless --person is given', nameOf)
  .addOption(
    new Option('--role <role>', 'what it may do (docs/permissions.md)')
      .choices(Object.keys(roles))
      .makeOptionMandatory(),
  )
  .option('--person <id>', 'the person whose key it is: what is said with it, this person says', personOf)
  .option('--customers <ids>', 'limit the key to these customers, separated by commas', idsOf)
  .option('--customer <id>', 'limit the key to this customer; may be repeated, and the id may have commas', andCustomer)
  .option('--days <n>', 'the number of days until it expires', daysOf, 365)
  .action((name: string, { role, person, customers, customer, days }: CreateOptions) =>
    withKeys('open', async (keys, now) => {
      const expiresAt = now + days * dayMs;
      const limited =
        customers === undefined && customer === undefined ? null : [...(customers ?? []), ...(customer ?? [])];
      const { id, text } = keys.create({ name, person: person ?? null, role, customers: limited, expiresAt }, now);
      const whose = person === undefined ? '' : ` of ${person}`;
      complain(`Key ${id}${whose}, for the role ${role}, until ${iso(expiresAt)}. It is shown only once:`);
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
      const kept = keys.list();
      for (const { digest: _digest, ...key } of kept) print(json ? JSON.stringify(key) : line(key, now));
      if (kept.length === 0) complain('There are no API keys yet. Make one: pledge keys create NAME --role ROLE');
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
  .description('API keys for programs and people; works while the server runs')
  .addCommand(createCommand)
  .addCommand(listCommand)
  .addCommand(revokeCommand);

const iso = (at: number) => new Date(at).toISOString();

function line(key: Omit<KeptKey, 'digest'>, now: number): string {
  const { id, name, person, role, customers, expiresAt, revokedAt, usedAt } = key;
  const whose = customers === null ? 'every customer' : customers.join(', ');
  const until = expiresAt === null ? 'for ever' : `${expiresAt <= now ? 'expired' : 'until'} ${iso(expiresAt)}`;
  const standing = revokedAt === null ? until : `revoked ${iso(revokedAt)}`;
  const used = usedAt === null ? 'never used' : `last used ${iso(usedAt)}`;
  const holder = person === null ? name : `${name} of ${person}`;
  return `${id}  ${role.padEnd(9)}  ${standing}  ${used}  ${holder} (${whose})`;
}

function nameOf(text: string): string {
  if (/^[^\p{C}]{1,100}$/u.test(text)) return text;
  throw new InvalidArgumentError('Give a name of 1 to 100 printable characters.');
}

function personOf(text: string): string {
  if (/^[^\p{C}]{1,200}$/u.test(text)) return text;
  throw new InvalidArgumentError('Give the id of a person, of 1 to 200 printable characters.');
}

function idsOf(text: string): readonly string[] {
  const ids = text.split(',').map(customerIdOf);
  if (ids.every((id) => id !== undefined)) return ids;
  throw new InvalidArgumentError('Give the ids of customers with commas between, for example acme,globex.');
}

function andCustomer(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, customerId(text)];
}

function daysOf(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 3650) return days;
  throw new InvalidArgumentError('Give a whole number of days from 1 to 3650.');
}
