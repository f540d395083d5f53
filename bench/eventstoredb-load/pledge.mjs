/** Pledge with the life of two thousand tickets in its log, served as `npm start` serves it; says where, and where its log starts. */
import 'reflect-metadata';
import { toCursor } from '../../dist/event-sourcing/cursor.js';
import { readSettings } from '../../dist/config/settings.js';
import { pledgeNdjson } from '../../dist/imports/formats/pledge-ndjson.js';
import { importLog } from '../../dist/imports/import-log.js';
import { startImport } from '../../dist/imports/import-sink.js';
import { sampleLog } from '../../dist/imports/sample.js';
import { openPledgeContext } from '../../dist/app/pledge-context.js';
import { startServer } from '../../dist/app/bootstrap.js';

const [eventStoreUrl, data] = process.argv.slice(2);
const settings = readSettings({}, { data, eventStoreUrl, port: 0, rate: 1e9, addressRate: 1e9 });
const context = await openPledgeContext(settings, 'bench', { threaded: true });
const log = await startImport(context, { source: 'bench', format: 'pledge', actor: { id: 'bench', kind: 'system' } });
async function* bytes() {
  for (const line of sampleLog({ seed: 1, tickets: 2_000, until: Date.now() - 3_600_000, days: 30, timeZone: 'UTC' }))
    yield Buffer.from(`${line}\n`);
}
const options = { source: 'bench', sink: log, rejected: () => undefined, progressed: () => undefined };
await log.finish(await importLog(pledgeNdjson.read(bytes()), { ...options, signal: new AbortController().signal }));
const server = await startServer(context);
process.send({
  url: server.url,
  key: server.developmentKey.text,
  start: toCursor(context.store, '0'.repeat(20)),
});
process.once('disconnect', () => process.exit());
