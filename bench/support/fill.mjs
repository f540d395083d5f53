import { readSettings } from '../../dist/config/settings.js';
import { importLog } from '../../dist/imports/import-log.js';
import { startImport } from '../../dist/imports/import-sink.js';
import { pledgeNdjson } from '../../dist/imports/formats/pledge-ndjson.js';
import { openPledgeContext } from '../../dist/app/pledge-context.js';
import { source } from './source.mjs';

/** Makes a data folder of a log's lines; says how many events it has. */
export async function fill(data, lines) {
  const context = await openPledgeContext(readSettings({}, { data }), 'bench');
  const log = await startImport(context, { source, format: 'pledge', actor: { id: 'bench', kind: 'system' } });
  async function* bytes() {
    for (const line of lines) yield Buffer.from(`${line}\n`);
  }
  const signal = new AbortController().signal;
  const counts = await importLog(pledgeNdjson.read(bytes()), {
    ...{ source, sink: log, signal, progressed: () => undefined },
    rejected: (row) => {
      throw new Error(`the log has a wrong line: ${JSON.stringify(row)}`);
    },
  });
  await log.finish(counts);
  const events = Number(await context.store.lastPosition());
  await context.close();
  return events;
}
