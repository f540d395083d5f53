import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { Appender, failed } from './appender.js';
import { durable } from './open-database.js';
import { OpenFiles } from './open-files.js';
import { LastSeen } from '../last-seen.js';
import { type ToWriter, type WrittenFiles } from './threaded-writer.js';

/** Commits groups of appends to the log in the file it is given, and answers each with its outcomes. */
function write(port: NonNullable<typeof parentPort>, { file, lastSeenFile }: WrittenFiles): void {
  const db = durable(new Database(file, { fileMustExist: true }));
  const lastSeen = lastSeenFile === undefined ? undefined : new LastSeen(lastSeenFile);
  const appender = new Appender(db, new OpenFiles(file), lastSeen);
  port.on('message', (message: ToWriter) => {
    if (message === 'close') {
      db.close();
      lastSeen?.close();
      port.close();
      return;
    }
    try {
      port.postMessage(appender.commit(message));
    } catch (error) {
      port.postMessage(message.map(() => failed(error)));
    }
  });
}

if (parentPort !== null) write(parentPort, workerData as WrittenFiles);
