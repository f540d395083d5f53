import { parentPort, workerData } from 'node:worker_threads';
import { InvalidCalendar } from '../business-time/calendar.js';
import { resolveHolidays } from '../business-time/holiday-sources.js';
import { type FromHolidays, type ToHolidays } from './holidays-apart.js';

/** Resolves the holidays of one calendar, and ends. */
async function answer({ source, thisYear }: ToHolidays): Promise<FromHolidays> {
  try {
    return { definition: await resolveHolidays(source, thisYear) };
  } catch (error) {
    if (!(error instanceof InvalidCalendar)) throw error;
    const { code, field, message } = error;
    return { refused: { code, field, message } };
  }
}

parentPort?.postMessage(await answer(workerData as ToHolidays));
