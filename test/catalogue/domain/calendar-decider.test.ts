import { describe, it } from '@jest/globals';
import { type CalendarDefinition } from '../../../src/business-time/calendar.js';
import { calendarDecider } from '../../../src/catalogue/domain/calendar-decider.js';
import { officeHours } from '../../../src/catalogue/domain/built-in-plans.js';
import { specify } from '../../support/specify.js';

const day = (date: string) => Date.parse(`${date}T00:00:00Z`);
const office = officeHours('UTC');
const define = (definition: CalendarDefinition = office) =>
  ({ type: 'DefineCalendar', calendar: { code: 'desk', name: 'Desk', definition } }) as const;
const revise = (definition: CalendarDefinition, from?: string) =>
  ({
    type: 'ReviseCalendar',
    code: 'desk',
    changes: { definition },
    effectiveFrom: from === undefined ? undefined : day(from),
    appliesToOpenTickets: true,
  }) as const;

const calendars = specify(calendarDecider);
const defined = calendars.given(['2026-01-01', define()]);
const closed = { ...office, holidays: ['2026-03-03'] };

describe('a calendar', () => {
  it('is defined once, from the beginning of time; the same again in whatever order is already so', () => {
    calendars
      .given()
      .when('2026-01-01', define())
      .then(['CalendarDefined', { version: 1, effectiveFrom: null }]);
    const { mon, ...others } = office.weekly;
    defined.when('2026-01-02', define({ ...office, weekly: { ...others, ...(mon && { mon }) } })).then();
    defined.when('2026-01-02', define(closed)).thenRejected('CALENDAR_EXISTS', 'code');
  });

  it('is revised, as for a day closed without warning', () => {
    defined.when('2026-03-02', revise(closed)).then([
      'CalendarRevised',
      {
        ...{ code: 'desk', name: 'Desk', definition: closed, version: 2 },
        ...{ effectiveFrom: day('2026-03-02'), appliesToOpenTickets: true },
      },
    ]);
    defined.when('2026-03-02', revise(office)).then();
  });

  it('takes no revision from before the last one, nor one that makes no sense', () => {
    const revised = calendars.given(['2026-01-01', define()], ['2026-02-01', revise(closed, '2026-04-01')]);
    revised
      .when('2026-02-02', revise(office, '2026-03-31'))
      .thenRejected('EFFECTIVE_FROM_BEFORE_LAST', 'effectiveFrom');
    const odd = { ...office, weekly: { mon: [['09:00', '25:00']] } } as const;
    defined.when('2026-02-02', revise(odd)).thenRejected('INVALID_TIME', 'weekly.mon[0][1]');
    calendars.given().when('2026-02-02', define(odd)).thenRejected('INVALID_TIME', 'weekly.mon[0][1]');
  });

  it('that is not there is not revised', () => {
    calendars.given().when('2026-02-02', revise(office)).thenRejected('CALENDAR_NOT_FOUND', 'desk');
  });

  it('22: that does not open within ten years is refused, with the field', () => {
    const once = (date: string) => define({ timeZone: 'UTC', weekly: {}, dates: { [date]: [['09:00', '10:00']] } });
    calendars.given().when('2026-03-02', once('2036-02-28')).then(['CalendarDefined', {}]);
    for (const date of ['2036-03-10', '2026-03-01']) {
      calendars.given().when('2026-03-02', once(date)).thenRejected('NO_OPENING', 'weekly');
    }
  });
});
