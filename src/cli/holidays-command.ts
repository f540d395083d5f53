import { Command, InvalidArgumentError } from 'commander';
import { type Holiday, weekdays } from '../business-time/calendar.js';
import { countries, countryHolidays, type Place, regionsOf } from '../business-time/country-holidays.js';
import { printAll, printsAlone } from './print.js';

const year = (text: string): number => {
  const given = Number(text);
  if (!Number.isInteger(given) || given < 1900 || given > 2200)
    throw new InvalidArgumentError('Give a year from 1900 to 2200.');
  return given;
};

export const holidaysCommand = new Command('holidays')
  .description('list the countries with known holidays, or the holidays and regions of one')
  .argument('[country]', 'for example DE')
  .argument('[region]', 'for example BY, or BY-KATH for a part of it')
  .option('--year <year>', 'the year (default: this year)', year)
  .action(async (country: string | undefined, region: string | undefined, options: { readonly year?: number }) => {
    printsAlone();
    const of = options.year ?? new Date().getUTCFullYear();
    const lines = country === undefined ? countryLines() : holidayLines(country.toUpperCase(), region, of);
    await printAll(lines);
  });

/** `AD  Andorra`: the countries to choose from. */
const countryLines = () => [...countries().map(inLine), '', 'Next: pledge holidays COUNTRY'];

/** What a calendar takes from a country or a region, and what it may say in its place. */
function holidayLines(country: string, region: string | undefined, year: number): readonly string[] {
  const own = region?.toUpperCase();
  const regions = regionsOf(country, '');
  const holidays = countryHolidays(country, own, { first: year, last: year }, '');
  const named = own !== undefined && /^\d/.test(own) ? `"${own}"` : own; // YAML would take it for a number
  const source = named === undefined ? `country: ${country}` : `country: ${country}, region: ${named}`;
  const parts = own === undefined ? regions : regions.filter(({ code }) => code.startsWith(`${own}-`));
  return [
    `Public holidays in ${year} of holidaysFrom: [{ ${source} }]`,
    ...holidays.map(ofHoliday),
    ...(parts.length === 0 ? [] : ['', `Regions that have other holidays too (pledge holidays ${country} REGION):`]),
    ...parts.map(inLine),
  ];
}

const inLine = ({ code, name }: Place) => `  ${code.padEnd(9)} ${name}`;

function ofHoliday({ date, name, hours }: Exclude<Holiday, string>): string {
  const day = weekdays[(new Date(date).getUTCDay() + 6) % 7];
  return `  ${date} ${day ?? ''}  ${name ?? ''}${hours === undefined ? '' : ` (${hours.join(' to ')})`}`;
}
