import 'reflect-metadata';
import { parentPort, workerData } from 'node:worker_threads';
import { giveWay } from '../give-way.js';
import { InvalidCalendar } from '../../business-time/calendar.js';
import { Stopped } from '../../read-models/stoppable-connection.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { openReading } from './open-reading.js';
import { answerRequest } from './read-requests.js';
import { workLimit } from './work-limit.js';
import { type FromThread, type ReadOutcome, type ThreadData, type ToThread } from './threaded-reader.js';

/** Answers requests one after the other, on connections of its own. */
function read(port: NonNullable<typeof parentPort>, { settings, stopped }: ThreadData): void {
  const { ports, close } = openReading(settings);
  const answer = async (message: Exclude<ToThread, 'close'>): Promise<ReadOutcome> => {
    const limit = workLimit(message.limits);
    const goesOn = () => Atomics.load(stopped, 0) !== message.number && limit.goesOn();
    if (!goesOn()) return { kind: 'stopped' };
    try {
      return { kind: 'done', answer: await answerRequest(ports, message.request, { goesOn }) };
    } catch (error) {
      return failure(error);
    }
  };
  port.on('message', (message: ToThread) => {
    if (message === 'close')
      void close().finally(() => {
        port.close();
      });
    else
      void answer(message).then((outcome) => {
        port.postMessage(outcome);
      });
  });
  port.postMessage('ready' satisfies FromThread);
}

function failure(error: unknown): ReadOutcome {
  if (error instanceof Stopped) return { kind: 'stopped' };
  if (error instanceof Rejection || error instanceof InvalidCalendar)
    return { kind: 'refused', code: error.code, message: error.message };
  const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'failed', message, stack };
}

if (parentPort !== null) {
  giveWay();
  read(parentPort, workerData as ThreadData);
}
