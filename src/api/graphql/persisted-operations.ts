import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Rejection } from '../../event-sourcing/rejection.js';

/** What a request says that it asks. */
export interface Asked {
  readonly query?: unknown;
  readonly extensions?: unknown;
}

/** The documents that may be asked, each by its id or in full; nothing else is. */
export class Operations {
  private readonly documents: ReadonlyMap<string, string>;

  constructor(documents: readonly (readonly [id: string, document: string])[]) {
    this.documents = new Map(documents.flatMap(([id, text]) => [[id, text] as const, [sha256(text), text] as const]));
  }

  /** The document that a request means, by `extensions.persistedQuery.sha256Hash` or by `query`; undefined: refused. */
  documentOf({ query, extensions }: Asked): string | undefined {
    const id = typeof query === 'string' && query !== '' ? sha256(query) : persistedId(extensions);
    return id === undefined ? undefined : this.documents.get(id);
  }
}

export const notAllowed = {
  code: 'OPERATION_NOT_ALLOWED',
  message: 'This server answers only the operations on its list; this operation is not on it.',
};

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function persistedId(extensions: unknown): string | undefined {
  const persisted = isObject(extensions) ? extensions['persistedQuery'] : undefined;
  const id = isObject(persisted) ? persisted['sha256Hash'] : undefined;
  return typeof id === 'string' ? id : undefined;
}

/**
 * Reads an allow-list: a JSON object of documents by id, as code generators write it (`persisted-documents.json`).
 * @throws Rejection `INVALID_OPERATIONS`
 */
export function readOperations(file: string): Operations {
  const refuse = (why: string) => new Rejection('INVALID_OPERATIONS', `${file} is not a list of operations: ${why}`);
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
  if (!isObject(read) || Array.isArray(read)) throw refuse('it must be a JSON object of documents by id');
  const entries = Object.entries(read).map(([id, document]) => {
    if (typeof document !== 'string') throw refuse(`"${id}" must be text`);
    return [id, document] as const;
  });
  return new Operations(entries);
}
