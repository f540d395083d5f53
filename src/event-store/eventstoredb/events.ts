import { hash } from 'node:crypto';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import {
  type EventMetadata,
  type NewEvent,
  type Position,
  type StoredEvent,
} from '../../event-sourcing/event-store.js';
import { type StreamNames } from './stream-names.js';

export type RecordedEvent = streams.ReadResp.ReadEvent.RecordedEvent;
type ProposedMessage = streams.BatchAppendReq.ProposedMessage;

/** A position in the log of the server is an offset of 64 bits: as text of this length, texts sort as offsets do. */
const positionLength = 20;

/** Before every event. */
export const start: Position = '0'.repeat(positionLength);

export const toPosition = (commit: string): Position => commit.padStart(positionLength, '0');

/** The offset of a position, as the server is told it. */
export const toCommit = (position: Position): string => BigInt(position).toString();

const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');

/** The stream of an event, by its name on the server. */
export const streamNameOf = (recorded: RecordedEvent): string =>
  utf8(recorded.getStreamIdentifier()?.getStreamName_asU8() ?? new Uint8Array());

interface KeptMetadata extends EventMetadata {
  readonly eventId: string;
}

/** An event as its text, made once for each append, however often that is tried. */
export interface EventText {
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
  /** See {@link wireId}. */
  readonly wireId: string;
}

export function toText({ id, type, data: content, metadata }: NewEvent): EventText {
  const data = JSON.stringify(content);
  return { id, type, data, metadata: JSON.stringify({ eventId: id, ...metadata }), wireId: wireId(id, type, data) };
}

/**
 * The id by which the server knows an event: it follows from what makes an event the same one here, its id, type and data.
 * The server tells a repeated append by ids alone; so an id with other content is another event to it, and a conflict.
 */
export function wireId(id: string, type: string, data: string): string {
  const digest = hash('sha1', `${id}\n${type}\n${data}`);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-a${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

export function toMessage(event: EventText): ProposedMessage {
  const message = new streams.BatchAppendReq.ProposedMessage();
  message.setId(new shared.UUID().setString(event.wireId));
  message.setData(Buffer.from(event.data, 'utf8'));
  message.setCustomMetadata(Buffer.from(event.metadata, 'utf8'));
  const metadata = message.getMetadataMap();
  metadata.set('type', event.type);
  metadata.set('content-type', 'application/json');
  return message;
}

/**
 * An event of ours as it was stored; undefined for what another program has put into the log, whatever it says: its stream
 * is none of ours, or its id on the server is not the one that follows from what is in it.
 */
export function toStoredEvent(recorded: RecordedEvent, names: StreamNames): StoredEvent | undefined {
  const stream = streamNameOf(recorded);
  if (!names.isOurs(stream)) return undefined;
  const kept = recorded.getCustomMetadata_asU8();
  const map = recorded.getMetadataMap();
  if (kept.length === 0 || map.get('content-type') !== 'application/json') return undefined;
  const { eventId, ...metadata } = metadataOf(kept);
  if (typeof eventId !== 'string') return undefined;
  const [type, text] = [map.get('type') ?? '', utf8(recorded.getData_asU8())];
  if (recorded.getId()?.getString() !== wireId(eventId, type, text)) return undefined;
  const data = parsed(text);
  if (data === undefined) return undefined;
  return {
    id: eventId,
    type,
    stream: names.fromServer(stream),
    revision: Number(recorded.getStreamRevision()), // 64 bits as text; far below what a number holds
    position: positionOf(recorded),
    data,
    metadata: metadata as EventMetadata,
  };
}

/** An event as it was appended, to be appended again as it is. */
export function toTextAgain(recorded: RecordedEvent): EventText {
  return {
    id: '',
    type: recorded.getMetadataMap().get('type') ?? '',
    data: utf8(recorded.getData_asU8()),
    metadata: utf8(recorded.getCustomMetadata_asU8()),
    wireId: recorded.getId()?.getString() ?? '',
  };
}

/** The name of a log, in the event that gives it. */
export const nameIn = (recorded: RecordedEvent): string =>
  (JSON.parse(utf8(recorded.getData_asU8())) as { readonly logId: string }).logId;

/** What is no JSON is none of ours. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const metadataOf = (kept: Uint8Array): Partial<KeptMetadata> => parsed(utf8(kept)) ?? {};

export const positionOf = (recorded: RecordedEvent): Position => toPosition(recorded.getCommitPosition());

/** Whether a record is another as it was read before. Ids alone would not do, for a fact that is recorded again has the same. */
export const isSameRecord = (one: RecordedEvent, other: RecordedEvent): boolean =>
  positionOf(one) === positionOf(other) &&
  one.getId()?.getString() === other.getId()?.getString() &&
  utf8(one.getCustomMetadata_asU8()) === utf8(other.getCustomMetadata_asU8());
