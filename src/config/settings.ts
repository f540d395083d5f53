import 'reflect-metadata';
import { plainToInstance, Transform, Type } from 'class-transformer';
import {
  IsNotEmpty,
  IsOptional,
  IsString,
  IsTimeZone,
  IsUrl,
  Matches,
  ValidateBy,
  ValidateIf,
  validateSync,
} from 'class-validator';
import { isNetwork } from './address.js';
import { IsOneOf, IsWhole } from './setting-checks.js';
import { Rejection } from '../event-sourcing/rejection.js';

function takesTokens({ identity, jwtIssuer, jwtAudience, jwksUrl }: Settings): boolean {
  return identity === 'tokens' || [jwtIssuer, jwtAudience, jwksUrl].some((value) => value !== undefined);
}

/** What an operator may set, by environment variables; each has a default that works. */
export class Settings {
  /** The address to listen on (`PLEDGE_HOST`). */
  @IsString()
  @IsNotEmpty()
  host = '127.0.0.1';

  /** The port to listen on (`PLEDGE_PORT`); 0 takes a free one. */
  @Type(() => Number)
  @IsWhole(0, 65_535)
  port = 3000;

  /** The folder that holds the read models, and the event store where it is not elsewhere (`PLEDGE_DATA`). */
  @IsString()
  @IsNotEmpty()
  data = 'data';

  /** EventStoreDB's connection string, for the events to be kept there (`EVENT_STORE_URL`); null for the data folder. */
  @ValidateIf(({ eventStoreUrl }: Settings) => eventStoreUrl !== null)
  @Matches(/^(esdb|kurrentdb)(\+discover)?:\/\/./, {
    message: 'must begin with esdb://, esdb+discover://, kurrentdb:// or kurrentdb+discover://',
  })
  eventStoreUrl: string | null = null;

  /** A file with the password of the user in that string (`EVENT_STORE_PASSWORD_FILE`), read again when it is refused. */
  @IsOptional()
  @IsString()
  eventStorePasswordFile?: string;

  /** A file with the certificates of those who vouch for the server (`EVENT_STORE_CA_FILE`), read again for each connection. */
  @IsOptional()
  @IsString()
  eventStoreCaFile?: string;

  /** The IANA zone of the built-in calendar (`PLEDGE_TIME_ZONE`). */
  @IsTimeZone({ message: 'must be an IANA time zone, for example Europe/Berlin' })
  timeZone = 'UTC';

  /** The plan of a customer nobody enrolled (`PLEDGE_DEFAULT_PLAN`). */
  @IsString()
  @IsNotEmpty()
  defaultPlan = 'community';

  /** How often a listener of the feed is told how far it has come, in seconds (`PLEDGE_HEARTBEAT_SECONDS`). */
  @Type(() => Number)
  @IsWhole(1, 3_600)
  heartbeatSeconds = 15;

  /** Whether webhooks may go to private networks, and there over HTTP (`PLEDGE_WEBHOOK_PRIVATE_TARGETS`): `yes` or `no`. */
  @IsOneOf('yes', 'no')
  webhookPrivateTargets: 'yes' | 'no' = 'no';

  /** Whether GraphiQL is served and the schema may be asked for (`PLEDGE_EXPLORE`): `yes`, `no`, or on loopback alone. */
  @IsOneOf('yes', 'no', 'on-loopback')
  explore: 'yes' | 'no' | 'on-loopback' = 'on-loopback';

  /** Origins whose pages may ask, besides our own (`PLEDGE_ORIGINS`), as `https://desk.example`, with commas between. */
  @Transform(listed)
  @IsUrl(
    { require_tld: false, require_protocol: true, allow_fragments: false },
    { each: true, message: 'must be origins with commas between, for example https://desk.example' },
  )
  origins: readonly string[] = [];

  /** Proxies of ours whose `X-Forwarded-For` is believed (`PLEDGE_PROXIES`): addresses or ranges, with commas between. */
  @Transform(listed)
  @ValidateBy(
    { name: 'isNetwork', validator: { validate: isNetwork } },
    { each: true, message: 'must be addresses or ranges with commas between, for example 10.0.0.0/8' },
  )
  proxies: readonly string[] = [];

  /** Operations a minute of one identity (`PLEDGE_RATE`). */
  @Type(() => Number)
  @IsWhole(1)
  rate = 6_000;

  /** Requests and messages a minute from one address (`PLEDGE_ADDRESS_RATE`), also of those whom nobody knows. */
  @Type(() => Number)
  @IsWhole(1)
  addressRate = 12_000;

  /** A file of the only operations that are answered (`PLEDGE_OPERATIONS`): a JSON object of documents by id. */
  @IsString()
  operations = '';

  /**
   * Whom to believe (`PLEDGE_IDENTITY`): `tokens`, JWTs and API keys, the default where an issuer's keys are named; `keys`,
   * API keys alone; `development`, API keys and one that the first start makes, on loopback only.
   */
  @IsOneOf('development', 'keys', 'tokens')
  identity: 'development' | 'keys' | 'tokens' = 'development';

  /** The `iss` of tokens (`PLEDGE_JWT_ISSUER`). */
  @ValidateIf(takesTokens)
  @IsString({ message: 'must be set: tokens are accepted' })
  jwtIssuer?: string;

  /** The `aud` of tokens (`PLEDGE_JWT_AUDIENCE`). */
  @ValidateIf(takesTokens)
  @IsString({ message: 'must be set: tokens are accepted' })
  jwtAudience?: string;

  /** Where the issuer's keys are (`PLEDGE_JWKS_URL`). */
  @ValidateIf(takesTokens)
  @Matches(/^https:\/\/|^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/, {
    message: 'must be an https address, or an http address on loopback',
  })
  jwksUrl?: string;

  /** The claim that names who acts (`PLEDGE_JWT_ACTOR_CLAIM`). */
  @IsString()
  jwtActorClaim = 'sub';

  /** The claim that names roles (`PLEDGE_JWT_ROLES_CLAIM`); dots lead inwards. */
  @IsString()
  jwtRolesClaim = 'roles';

  /** The claim that names customers, where a token is limited to some (`PLEDGE_JWT_CUSTOMERS_CLAIM`). */
  @IsString()
  jwtCustomersClaim = 'customers';
}

/** A setting that is a list, with commas between. */
function listed({ value }: { readonly value: unknown }): unknown {
  return typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value;
}

/** The variable of each setting. */
export const variables = {
  host: 'PLEDGE_HOST',
  port: 'PLEDGE_PORT',
  data: 'PLEDGE_DATA',
  eventStoreUrl: 'EVENT_STORE_URL',
  eventStorePasswordFile: 'EVENT_STORE_PASSWORD_FILE',
  eventStoreCaFile: 'EVENT_STORE_CA_FILE',
  timeZone: 'PLEDGE_TIME_ZONE',
  defaultPlan: 'PLEDGE_DEFAULT_PLAN',
  identity: 'PLEDGE_IDENTITY',
  jwtIssuer: 'PLEDGE_JWT_ISSUER',
  jwtAudience: 'PLEDGE_JWT_AUDIENCE',
  jwksUrl: 'PLEDGE_JWKS_URL',
  jwtActorClaim: 'PLEDGE_JWT_ACTOR_CLAIM',
  jwtRolesClaim: 'PLEDGE_JWT_ROLES_CLAIM',
  jwtCustomersClaim: 'PLEDGE_JWT_CUSTOMERS_CLAIM',
  heartbeatSeconds: 'PLEDGE_HEARTBEAT_SECONDS',
  webhookPrivateTargets: 'PLEDGE_WEBHOOK_PRIVATE_TARGETS',
  explore: 'PLEDGE_EXPLORE',
  origins: 'PLEDGE_ORIGINS',
  proxies: 'PLEDGE_PROXIES',
  rate: 'PLEDGE_RATE',
  addressRate: 'PLEDGE_ADDRESS_RATE',
  operations: 'PLEDGE_OPERATIONS',
} as const satisfies Record<keyof Settings, string>;

/** Variables of ours that are no settings of the server. */
const others: ReadonlySet<string> = new Set(['PLEDGE_KEY']);

/** Variables that look like settings and are none: most likely a slip. What Kubernetes sets for a service of our name is none. */
export const unknownVariables = (environment: NodeJS.ProcessEnv = process.env): readonly string[] => {
  const known: ReadonlySet<string> = new Set(Object.values(variables));
  const ofKubernetes = /^PLEDGE_(SERVICE_|PORT_\d)/;
  return Object.keys(environment).filter(
    (name) => name.startsWith('PLEDGE_') && !known.has(name) && !others.has(name) && !ofKubernetes.test(name),
  );
};

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
  const found = Object.entries(variables).flatMap(([name, variable]) => {
    const value = environment[variable];
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  const given: Partial<Settings> = { ...Object.fromEntries(found), ...overrides };
  const settings = plainToInstance(Settings, given.jwksUrl === undefined ? given : { identity: 'tokens', ...given });
  const faults = validateSync(settings).map(({ property, value, constraints }) => {
    const variable = variables[property as keyof Settings];
    const why = Object.values(constraints ?? {}).join(', ');
    const shown = secret.has(property) ? '…' : (environment[variable] ?? String(value ?? ''));
    return `${variable}=${shown}: ${why}`;
  });
  if (faults.length > 0) throw new Rejection('INVALID_SETTING', faults.join('; '));
  return settings;
}
