import { type WordList } from '../../catalogue/domain/words.js';
import { fields, object, oneOf, optional, text, together } from '../../parsing/fields.js';
import { type Part, partOf } from './part.js';
import { constantsOf } from './reading.js';

/** How a log is read, as its user wrote it down; `docs/mappings.md` has every field. */
export interface Mapping {
  /** The system the log is from: ids derive from it. */
  readonly source: string;
  /** By time, or as in the file; left out: as in the file, where hardly a ticket runs backwards there. */
  readonly order: 'time' | 'file' | undefined;
  /** What its rows are: of one kind, or of several. */
  readonly parts: readonly [Part, ...Part[]];
  /** Whether the rows of each ticket are put together before they are read. */
  readonly isJoined: boolean;
  /** The plans and calendars it names itself. */
  readonly plans: readonly string[];
  readonly calendars: readonly string[];
  /** The words of the desk that it names itself. */
  readonly words: readonly { readonly list: WordList; readonly word: string }[];
}

const common = { source: text(100), order: optional(oneOf(['time', 'file'] as const)) };

/** What a mapping file says, checked. @throws FieldFault that names the fields at fault */
export function parseMapping(value: unknown): Mapping {
  const { source, order, ...written } = object(value ?? {}, 'the mapping');
  const { named, part } = together({
    named: () => fields(common, { source, order }),
    part: () => partOf(written),
  });
  const said = (field: string) => constantsOf(written[field]).map(String);
  return {
    ...named,
    parts: [part],
    isJoined: part.rows === 'changes',
    plans: said('plan'),
    calendars: said('calendar'),
    words: (['type', 'channel', 'priority'] as const).flatMap((list) => said(list).map((word) => ({ list, word }))),
  };
}
