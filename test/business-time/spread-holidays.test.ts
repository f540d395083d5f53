import { describe, expect, it } from '@jest/globals';
import { resolveHolidays } from '../../src/business-time/holiday-sources.js';
import { type WrittenHoliday } from '../../src/business-time/spread-holidays.js';
import { officeHours } from '../../src/catalogue/domain/built-in-plans.js';

const spread = async (...holidays: readonly WrittenHoliday[]) =>
  (await resolveHolidays({ ...officeHours('Europe/Berlin'), holidays }, 2026)).holidays;

describe('holidays listed by hand', () => {
  it('may be all days from one date to another', async () => {
    expect(await spread('2026-05-01', { from: '2026-12-30', to: '2027-01-01', name: 'Closing' })).toEqual([
      '2026-05-01',
      { date: '2026-12-30', name: 'Closing' },
      { date: '2026-12-31', name: 'Closing' },
      { date: '2027-01-01', name: 'Closing' },
    ]);
    expect(await spread({ from: '2026-12-30', to: '2026-12-30', hours: ['12:00', '24:00'] })).toEqual([
      { date: '2026-12-30', hours: ['12:00', '24:00'] },
    ]);
  });

  it('may come round each year: from ten years back to five ahead, or in the years that are said', async () => {
    const years = Array.from({ length: 16 }, (_, i) => ({ date: `${2016 + i}-12-25` }));
    expect(await spread({ yearly: '12-25' })).toEqual(years);
    expect(await spread({ yearly: '12-24', hours: ['12:00', '24:00'], firstYear: 2026, lastYear: 2027 })).toEqual(
      ['2026-12-24', '2027-12-24'].map((date) => ({ date, hours: ['12:00', '24:00'] })),
    );
    expect(await spread({ yearly: '02-29', firstYear: 2023, lastYear: 2033 })).toEqual([
      { date: '2024-02-29' },
      { date: '2028-02-29' },
      { date: '2032-02-29' },
    ]);
  });

  it.each<readonly [holiday: object, code: string, field: string]>([
    [{ from: '2026-12-30' }, 'MALFORMED', 'holidays[0].to'],
    [{ to: '2026-12-30' }, 'MALFORMED', 'holidays[0].from'],
    [{ from: '2026-12-30', to: '2026-12-29' }, 'INVALID_DATE', 'holidays[0].to'],
    [{ from: '2026-02-30', to: '2026-03-01' }, 'INVALID_DATE', 'holidays[0].from'],
    [{ from: '2026-01-01', to: '2027-01-02' }, 'CALENDAR_TOO_LARGE', 'holidays[0]'],
    [{ date: '2026-01-01', yearly: '12-25' }, 'MALFORMED', 'holidays[0]'],
    [{ yearly: '12-25', from: '2026-01-01', to: '2026-01-02' }, 'MALFORMED', 'holidays[0]'],
    [{ yearly: '02-30' }, 'INVALID_DATE', 'holidays[0].yearly'],
    [{ yearly: '25-12' }, 'INVALID_DATE', 'holidays[0].yearly'],
    [{ yearly: 1225 }, 'INVALID_DATE', 'holidays[0].yearly'],
    [{ yearly: '12-25', firstYear: 2027, lastYear: 2026 }, 'INVALID_YEARS', 'holidays[0]'],
    [{ yearly: '12-25', firstYear: 1960, lastYear: 2026 }, 'INVALID_YEARS', 'holidays[0]'],
  ])('are refused where they make no sense: %j', async (holiday, code, field) => {
    await expect(spread(holiday as WrittenHoliday)).rejects.toMatchObject({ code, field });
  });

  it('are refused where their dates are too many', async () => {
    const years = Array.from({ length: 14 }, (_, i) => ({ from: `${2020 + i}-01-01`, to: `${2020 + i}-12-31` }));
    await expect(spread(...years)).rejects.toMatchObject({ code: 'CALENDAR_TOO_LARGE', field: 'holidays[13]' });
  });
});
