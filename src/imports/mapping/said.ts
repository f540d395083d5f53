import { type Instant } from '../../business-time/calendar.js';
import { type Actor } from '../../event-sourcing/event-store.js';
import { type FactRecord } from '../import-record.js';
import { type Meaning } from './meaning.js';

/** What a log says of a ticket at an instant; what is undefined is as it was. */
export interface Said {
  readonly at: Instant;
  readonly actor: Actor;
  readonly meaning: Meaning;
  /** The text of the state. */
  readonly state: string;
  /** Whether the same state at the same time by the same actor is the same again. */
  readonly isOnce: boolean;
  /** What a note says. */
  readonly note: string;
  readonly type: string | undefined;
  readonly priority: string | undefined;
  readonly assignee: string | null | undefined;
  readonly team: string | null | undefined;
  /** Whose ticket it says that it is. */
  readonly owner: string | undefined;
  /** What people see of the ticket. */
  readonly shown: { readonly subject?: string; readonly application?: string };
}

/** Makes the fact that opens a ticket. @throws FieldFault where what it needs is missing */
export type Opening = () => FactRecord;
