import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Rejection } from '../event-sourcing/rejection.js';

/**
 * The bytes of a log – a file, or `-` for what is piped in – unpacked where they are gzip. Constant memory.
 * @throws Rejection `LOG_NOT_READABLE`, `LOG_TRUNCATED`
 */
export async function* readLog(file: string, stdin: Readable): AsyncGenerator<Buffer, void, undefined> {
  const packed = file === '-' ? stdin : createReadStream(file);
  const chunks = packed[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    const first = await chunks.next();
    if (first.done === true) return;
    const all = from(first.value, chunks);
    if (first.value[0] === 0x1f && first.value[1] === 0x8b) yield* unpacked(all);
    else yield* all;
  } catch (error) {
    throw notReadable(file, error);
  } finally {
    if (file !== '-') packed.destroy();
  }
}

async function* from(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

async function* unpacked(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const out = new PassThrough();
  const unpacking = pipeline(packed, createGunzip(), out);
  // The reader below hears of a failure through the stream; unheard, it would end the process.
  unpacking.catch(() => undefined);
  for await (const chunk of out) yield chunk as Buffer;
  await unpacking;
}

const isSystemError = (error: unknown): error is { readonly code: string; readonly message: string } =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  typeof error.code === 'string' &&
  'message' in error;

function notReadable(file: string, error: unknown): unknown {
  if (error instanceof Rejection || !isSystemError(error)) return error;
  const name = file === '-' ? 'The input' : file;
  const { code } = error;
  if (code === 'Z_BUF_ERROR')
    return new Rejection('LOG_TRUNCATED', `${name} is cut off: the gzip data ends in the middle.`);
  if (code.startsWith('Z_')) return new Rejection('LOG_MALFORMED', `${name} is not valid gzip: ${error.message}.`);
  if (code.startsWith('E')) return new Rejection('LOG_NOT_READABLE', `${name} cannot be read: ${error.message}.`);
  return error;
}

/** @throws Rejection `LOG_NOT_READABLE` where there is no such file */
export async function expectFile(file: string): Promise<void> {
  const found = await stat(file).catch((error: unknown) => {
    throw notReadable(file, error);
  });
  if (!found.isFile()) throw new Rejection('LOG_NOT_READABLE', `${file} is not a file.`);
}
