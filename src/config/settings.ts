import 'reflect-metadata';
import { plainToInstance, Type } from 'class-transformer';
import { IsInt, IsNotEmpty, IsString, IsTimeZone, Max, Min, validateSync } from 'class-validator';
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

  /** The folder that holds the event store and the read models (`PLEDGE_DATA`). */
  @IsString()
  @IsNotEmpty()
  data = 'data';

  /** The IANA zone of the built-in calendar (`PLEDGE_TIME_ZONE`). */
  @IsTimeZone()
  timeZone = 'UTC';

  /** The plan of a customer nobody enrolled (`PLEDGE_DEFAULT_PLAN`). */
  @IsString()
  @IsNotEmpty()
  defaultPlan = 'community';

  /** How often a listener of the feed is told how far it has come, in seconds (`PLEDGE_HEARTBEAT_SECONDS`). */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(3_600)
  heartbeatSeconds = 15;
}

const variables = {
  host: 'PLEDGE_HOST',
  port: 'PLEDGE_PORT',
  data: 'PLEDGE_DATA',
  timeZone: 'PLEDGE_TIME_ZONE',
  defaultPlan: 'PLEDGE_DEFAULT_PLAN',
  heartbeatSeconds: 'PLEDGE_HEARTBEAT_SECONDS',
} as const satisfies Record<keyof Settings, string>;

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
    return `${variable}=${environment[variable] ?? String(value)}: ${why}`;
  });
  if (faults.length > 0) throw new Rejection('INVALID_SETTING', faults.join('; '));
  return settings;
}
