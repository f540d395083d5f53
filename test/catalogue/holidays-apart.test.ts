import { afterEach, describe, expect, it } from '@jest/globals';
import { type HolidaysApart as Apart } from '../../src/catalogue/holidays-apart.js';
import { officeHours } from '../../src/catalogue/domain/built-in-plans.js';

/** As built: a thread runs no TypeScript. */
const built: string = '../../dist/catalogue/holidays-apart.js';
const { HolidaysApart } = (await import(built)) as { readonly HolidaysApart: typeof Apart };

const calendar = (...lines: readonly string[]) => ['BEGIN:VCALENDAR', ...lines, 'END:VCALENDAR'].join('\r\n');
const source = (icalendar: string) => ({
  ...officeHours('UTC'),
  holidaysFrom: [{ icalendar, firstYear: 2026, lastYear: 2026 }],
});
const newYear = calendar('BEGIN:VEVENT', 'DTSTART;VALUE=DATE:20260101', 'END:VEVENT');
/** The parser looks for a colon once for each parameter. */
const slow = calendar('BEGIN:VEVENT', `X${';A=B'.repeat(480_000)}`, 'END:VEVENT');

describe('holidays that take long to read', () => {
  let apart: Apart;
  afterEach(() => apart.close());

  it('are refused with a code, and others are read', async () => {
    apart = new HolidaysApart(1);
    await expect(apart.resolve(source(slow), 2026)).rejects.toMatchObject({
      code: 'HOLIDAYS_TOO_SLOW',
      field: 'holidaysFrom',
    });
    await apart.close();
    apart = new HolidaysApart();
    expect((await apart.resolve(source(newYear), 2026)).holidays).toEqual([{ date: '2026-01-01' }]);
  });

  it('do not delay other work', async () => {
    apart = new HolidaysApart(1);
    let turns = 0;
    const reading = apart.resolve(source(slow), 2026).catch(() => 'refused');
    while ((await Promise.race([reading, turn()])) !== 'refused') turns += 1;
    expect(turns).toBeGreaterThan(100);
  });

  it('are refused as without a thread where something is wrong with them', async () => {
    apart = new HolidaysApart();
    await expect(apart.resolve(source('hello'), 2026)).rejects.toMatchObject({
      name: 'InvalidCalendar',
      code: 'MALFORMED_ICALENDAR',
      field: 'holidaysFrom[0].icalendar',
    });
  });

  it('end with whoever asked, at work or waiting, and others are read', async () => {
    apart = new HolidaysApart(600);
    const [working, waiting] = [new AbortController(), new AbortController()];
    const refused = [working, waiting].map(({ signal }) =>
      expect(apart.resolve(source(slow), 2026, signal)).rejects.toMatchObject({ code: 'REQUEST_ABANDONED' }),
    );
    const read = apart.resolve(source(newYear), 2026, new AbortController().signal);
    await turn();
    for (const asker of [waiting, working]) asker.abort();
    await Promise.all(refused);
    expect((await read).holidays).toEqual([{ date: '2026-01-01' }]);
  });

  it('end with the process that asked', async () => {
    apart = new HolidaysApart();
    const answers = [slow, newYear].map((text) => apart.resolve(source(text), 2026).catch(() => 'refused'));
    await turn();
    await apart.close();
    expect(await Promise.all(answers)).toEqual(['refused', 'refused']);
  });
});

const turn = () => new Promise((resolve) => setImmediate(resolve));
