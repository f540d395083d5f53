import 'reflect-metadata';
import { plainToInstance, Type } from 'class-transformer';
import { IsInt, IsNotEmpty, IsString, IsTimeZone, Matches, Max, Min, ValidateIf, validateSync } from 'class-validator';
import { Rejection } from '../event-sourcing/rejection.js';

/** What an operator may set, by environment variables; each has a default that works. */
export class Settings {
  /** The address to listen on (`PLEDGE_HOST`). */
  @IsString()
  @IsNotEmpty()
  host = '127.0.0.1';

  /** The port to listen on (`PLEDGE_PORT`); 0 takes a free one. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(65_535)
  port = 3000;

  /** The folder that holds the read models, and the event store where it is not elsewhere (`PLEDGE_DATA`). */
  @IsString()
  @IsNotEmpty()
  data = 'data';

  /** EventStoreDB's connection string, for the events to be kept there (`EVENT_STORE_URL`); null for the data folder. */
  @ValidateIf(({ eventStoreUrl }: Settings) => eventStoreUrl !== null)
  @Matches(/^esdb(\+discover)?:\/\/./, { message: 'it must begin with esdb:// or esdb+discover://' })
  eventStoreUrl: string | null = null;

  /** The IANA zone of the built-in calendar (`PLEDGE_TIME_ZONE`). */
  @IsTimeZone()
  timeZone = 'UTC';

  /** The plan of a customer nobody enrolled (`PLEDGE_DEFAULT_PLAN`). */
  @IsString()
  @IsNotEmpty()
  defaultPlan = 'community';
}

const variables = {
  host: 'PLEDGE_HOST',
  port: 'PLEDGE_PORT',
  data: 'PLEDGE_DATA',
  eventStoreUrl: 'EVENT_STORE_URL',
  timeZone: 'PLEDGE_TIME_ZONE',
  defaultPlan: 'PLEDGE_DEFAULT_PLAN',
} as const satisfies Record<keyof Settings, string>;

/** What may hold a password is not repeated. */
const secret: ReadonlySet<string> = new Set<keyof Settings>(['eventStoreUrl']);

/**
 * Reads the settings; the only reader of the environment.
 * @throws Rejection `INVALID_SETTING` that names every variable at fault.
 */
export function readSettings(
  environment: NodeJS.ProcessEnv = process.env,
  overrides: Partial<Settings> = {},
): Settings {
  const said = Object.entries(variables).flatMap(([name, variable]) => {
    const value = environment[variable];
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  const settings = plainToInstance(Settings, { ...Object.fromEntries(said), ...overrides });
  const faults = validateSync(settings).map(({ property, value, constraints }) => {
    const variable = variables[property as keyof Settings];
    const why = Object.values(constraints ?? {}).join(', ');
    const said = secret.has(property) ? '…' : (environment[variable] ?? String(value));
    return `${variable}=${said}: ${why}`;
  });
  if (faults.length > 0) throw new Rejection('INVALID_SETTING', faults.join('; '));
  return settings;
}
