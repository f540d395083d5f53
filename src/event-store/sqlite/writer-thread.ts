import { parentPort, workerData } from 'node:worker_threads';
import { Database } from '../../storage/sqlite.js';
import { LastSeen } from '../last-seen.js';
import { Appender, failed } from './sqlite-appender.js';
import { durable } from './open-database.js';
import { OpenFiles } from './open-files.js';
import { type ToWriter, type WrittenFiles } from './threaded-writer.js';

function openWriter({ file, lastSeenFile }: WrittenFiles) {
  const db = durable(new Database(file, { fileMustExist: true }));
  try {
    const files = new OpenFiles(file);
    const lastSeen = lastSeenFile === undefined ? undefined : new LastSeen(lastSeenFile);
    const appender = new Appender(db, files, lastSeen);
    const close = () => {
      db.close();
      lastSeen?.close();
    };
    return { appender, close };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Commits groups of appends to the log in the file it is given, and answers each with its outcomes. */
function write(port: NonNullable<typeof parentPort>, files: WrittenFiles): void {
  let writer: ReturnType<typeof openWriter> | undefined;
  try {
    writer = openWriter(files);
  } catch {
    // It is tried again, and told to whoever appends.
  }
  port.on('message', (message: ToWriter) => {
    if (message === 'close') {
      writer?.close();
      port.close();
      return;
    }
    try {
      writer ??= openWriter(files);
      port.postMessage(writer.appender.commit(message));
    } catch (error) {
      port.postMessage(message.map(() => failed(error)));
    }
  });
}

if (parentPort !== null) write(parentPort, workerData as WrittenFiles);
