import { type Histories, type HistoryQuestion, type HistoryRow } from '../../audit/history.js';
import { type Replayed, type ReplayQuestion, type Replays } from '../../audit/replay.js';
import { Stopped } from '../../read-models/stoppable-connection.js';
import { type ReadFile, type ReadRow, type Reads } from '../../read-models/read-port.js';
import { type Asker } from '../../auth/asker.js';
import { askerGone, readLimits, tooSlow } from './read-limits.js';
import { workLimit, type WorkLimits } from './work-limit.js';
import { answerRequest, type ReadKind, type ReadRequest, type ReadRequests, type ReadPorts } from './read-requests.js';
import { asObjects, type Select } from './read-files.js';

/** All that is read where it may hold up others. */
export interface AllReads extends Reads, Histories, Replays {
  close(): Promise<void>;
}

/** Reads in this thread, one after the other: for commands, which do one thing at a time. */
export class ReadsHere implements AllReads {
  constructor(
    private readonly ports: ReadPorts,
    private readonly limits: WorkLimits = readLimits,
  ) {}

  async select(file: ReadFile, query: Omit<Select, 'file'>, asker: Asker): Promise<readonly ReadRow[]> {
    return asObjects(await this.ask('select', { file, ...query }, asker));
  }

  history(question: HistoryQuestion, asker: Asker): Promise<readonly HistoryRow[]> {
    return this.ask('history', question, asker);
  }

  replay(question: ReplayQuestion, asker: Asker): Promise<Replayed | undefined> {
    return this.ask('replay', question, asker);
  }

  close(): Promise<void> {
    this.ports.files.close();
    return Promise.resolve();
  }

  private async ask<K extends ReadKind>(
    kind: K,
    request: ReadRequests[K]['request'],
    { signal }: Asker,
  ): Promise<ReadRequests[K]['answer']> {
    const limit = workLimit(this.limits);
    const goesOn = () => !signal.aborted && limit.goesOn();
    try {
      if (!goesOn()) throw new Stopped('stopped');
      return await answerRequest(this.ports, { kind, request } as ReadRequest, { goesOn });
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      throw signal.aborted ? askerGone() : tooSlow();
    }
  }
}
