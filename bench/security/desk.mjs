/** The data folder that is attacked: a desk of many tickets, one of them very long, and keys of those who attack. */
import { KeyStore } from '../../dist/auth/key-store.js';
import { readSettings } from '../../dist/config/settings.js';
import { rebuildReadModels } from '../../dist/app/pledge-context.js';
import { fill } from '../support/fill.mjs';

const tickets = 50_000;
const notes = 50_000;
const customers = 400;

const minuteMs = 60_000;

function* lines(now) {
  const actor = { id: 'mia', kind: 'person' };
  const line = (event, ticket, minutesAgo, rest) =>
    JSON.stringify({ event, ticket, actor, occurredAt: new Date(now - minutesAgo * minuteMs).toISOString(), ...rest });
  const what = { plan: 'pro', type: 'productBug', channel: 'email' };
  const open = (ticket, customer) =>
    line('TicketOpened', ticket, 60, { customer, ...what, subject: `${ticket} broke` });
  for (let n = 0; n < tickets; n++) yield open(`T-${n}`, `customer-${n % customers}`);
  yield open('long', 'globex');
  for (let n = 0; n < notes; n++) yield line('InternalNoteAdded', 'long', 50, { text: `Note ${n}` });
}

/** Who attacks, and who looks on. */
const holders = {
  probe: { role: 'dashboard', customers: null },
  dashboard: { role: 'dashboard', customers: ['acme'] },
  reader: { role: 'dashboard', customers: null },
  globex: { role: 'agent', customers: ['globex'] },
  acme: { role: 'agent', customers: ['acme'] },
  ingest: { role: 'ingest', customers: ['acme'] },
  admin: { role: 'admin', customers: null },
};

/** Makes it; answers the keys by whom they are of. */
export async function makeDesk(data) {
  const now = Date.now();
  await fill(data, lines(now));
  await rebuildReadModels(readSettings({}, { data }));
  const store = KeyStore.open(data);
  const keys = Object.fromEntries(
    Object.entries(holders).map(([name, holder]) => [
      name,
      store.create({ name, ...holder, expiresAt: null }, now).text,
    ]),
  );
  store.close();
  return keys;
}
