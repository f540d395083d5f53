import { type Actor } from '../../event-sourcing/event-store.js';
import { type CataloguePorts } from '../commands/catalogue-ports.js';
import { catalogueChanges } from './catalogue-changes.js';
import { describe } from './describe.js';
import { type PlansFile } from './read-plans-file.js';
import { readCatalogue } from './whole-catalogue.js';

/**
 * Makes the catalogue what a file says, and records only what differs: prints what that is, and does it if somebody agrees.
 * Says whether the catalogue is as the file says.
 * @throws Rejection that names the path of what is wrong; nothing was recorded then
 */
export async function applyPlansFile(
  ports: CataloguePorts,
  file: PlansFile,
  actor: Actor,
  agree: () => Promise<boolean>,
  print: (...lines: readonly string[]) => void,
): Promise<boolean> {
  const { store, time, resolveHolidays } = ports;
  const changes = await catalogueChanges({ now: time.now(), resolveHolidays }, await readCatalogue(store), file);
  if (changes.length === 0) {
    print('Nothing to change: the catalogue already matches the file.');
    return true;
  }
  print(...changes.flatMap(describe));
  if (!(await agree())) {
    print('Nothing was changed.');
    return false;
  }
  for (const { record } of changes) await record(ports, actor);
  print(changes.length === 1 ? '1 change recorded.' : `${changes.length} changes recorded.`);
  return true;
}
