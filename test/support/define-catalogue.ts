import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { readSettings } from '../../src/config/settings.js';
import { openLedger } from '../../src/ledger.js';
import { type CalendarOrder } from '../../src/plans/commands/change-calendar.js';
import { defineCalendar, definePlan } from '../../src/plans/commands/define.js';
import { type Plan } from '../../src/plans/domain/plan.js';

interface PlansFile {
  readonly calendars?: readonly CalendarOrder[];
  readonly plans?: readonly Plan[];
}

const tester = { id: 'tester', kind: 'person' } as const;

/** Defines what a plans file has in a data folder. */
export async function definePlans(data: string, file: string): Promise<void> {
  const { calendars = [], plans = [] } = parse(readFileSync(file, 'utf8')) as PlansFile;
  const ledger = await openLedger(readSettings({}, { data }), 'define');
  try {
    for (const calendar of calendars) await defineCalendar(ledger, calendar, tester);
    for (const plan of plans) await definePlan(ledger, plan, tester);
  } finally {
    await ledger.close();
  }
}
