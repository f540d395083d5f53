import { type Instant } from '../business-time/calendar.js';
import { type Actor } from '../event-sourcing/event-store.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { type Permission } from './permissions.js';
import { type Scope } from './scope.js';

/** Why an identity no longer holds. */
export type Over = 'TOKEN_EXPIRED' | 'KEY_EXPIRED' | 'KEY_REVOKED';

const messages: Readonly<Record<Over, string>> = {
  TOKEN_EXPIRED: 'The token has expired.',
  KEY_EXPIRED: 'The key has expired.',
  KEY_REVOKED: 'The key was revoked.',
};

/** What whoever holds the credential is told. To tell it, the credential must be genuine: others learn nothing of it. */
export const noLongerHolds = (over: Over): Rejection => new Rejection(over, messages[over]);

export const isOver = (code: string): code is Over => Object.hasOwn(messages, code);

/** Somebody whose token or key was verified. */
export interface Identity {
  /** Who is recorded to have done what they do. */
  readonly actor: Actor;
  readonly may: ReadonlySet<Permission>;
  readonly scope: Scope;
  /** Why it no longer holds; undefined as long as it does. */
  readonly over: () => Over | undefined;
  /** When to look next whether it still holds. */
  readonly lookAgainAt: () => Instant;
}
