import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { calendarAs } from '../../src/catalogue/graphql/to-types.js';
import { type CalendarHistory } from '../../src/catalogue/domain/calendar-decider.js';
import { officeHours } from '../../src/catalogue/domain/built-in-plans.js';
import { calendars } from '../../src/catalogue/queries/read-catalogue.js';
import { newFolder } from '../support/api.js';
import { ledgerAt, type TestContext } from '../support/application-contexts.js';
import { turnsWithin } from '../support/turns.js';

const now = Date.parse('2026-03-02T09:00:00Z');
const metadata = { actor: { id: 'ann', kind: 'person' }, occurredAt: now, recordedAt: now, schemaVersion: 1 } as const;
const versions = 200;

describe('the history of a calendar that has very many versions', () => {
  let folder: string;
  let context: TestContext;
  beforeEach(async () => {
    folder = newFolder();
    context = await ledgerAt('2026-03-02T09:00:00Z', folder);
    const rows = Array.from({ length: versions }, (_, revision) => {
      const data = { code: 'desk', name: `Desk ${revision}`, definition: officeHours('UTC'), effectiveFrom: null };
      const event = { type: revision === 0 ? 'CalendarDefined' : 'CalendarRevised', data, metadata };
      return { kind: 'calendar', code: 'desk', revision, event: JSON.stringify(event) };
    });
    await context.db.insertInto('catalogue').values(rows).execute();
    let at = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => (at += 1)); // all that is done takes long
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await context.close();
    rmSync(folder, { recursive: true });
  });

  it('is read, and what each changed is found, in turns with others', async () => {
    let desk: CalendarHistory = [];
    const reading = await turnsWithin(async () => {
      [desk = []] = await calendars(context.readers.here('everyone'), ['desk']);
    });
    expect([desk.length, reading > versions / 10]).toEqual([versions, true]);
    const shown = calendarAs(desk, { at: now, version: versions });
    const finding = await turnsWithin(async () => {
      const changes = await shown?.history;
      expect(changes?.at(-1)).toMatchObject({
        version: versions,
        changes: [{ path: 'name', before: `Desk ${versions - 2}`, after: `Desk ${versions - 1}` }],
      });
    });
    expect(finding).toBeGreaterThan(versions / 10);
  });

  it('is compared for those alone who ask for it', async () => {
    const [desk = []] = await calendars(context.readers.here('everyone'), ['desk']);
    let looks = 0;
    const watched = desk.map((change) => ({
      ...change,
      get content() {
        looks += 1;
        return change.content;
      },
    }));
    const shown = calendarAs(watched, { at: now, version: versions });
    expect([shown?.name, looks]).toEqual([`Desk ${versions - 1}`, 1]);
    await shown?.history;
    expect(looks).toBeGreaterThan(versions);
  });
});
