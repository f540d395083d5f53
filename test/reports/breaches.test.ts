import { rmSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { newFolder } from '../support/api.js';
import { ledgerAt, open, project, say, type TestLedger } from '../support/application-contexts.js';

describe('a breach whose late answer turns out not to be one', () => {
  let ledger: TestLedger;
  const folder = newFolder();
  afterEach(async () => {
    await ledger.close();
    rmSync(folder, { recursive: true });
  });

  const rows = () =>
    ledger.db.selectFrom('breaches').select(['metric', 'due_at', 'answered_at', 'withdrawn_at']).execute();

  it('stays the one breach of its run, unanswered again', async () => {
    ledger = await ledgerAt('2026-03-02T09:00:00Z', folder);
    await open(ledger, 'T-1');
    ledger.clock.moveTo(Date.parse('2026-03-03T12:00:00Z'));
    await say(ledger, 'T-1', { type: 'RecordFirstResponse' });
    await project(ledger);
    const breach = { metric: 'firstResponse', due_at: Date.parse('2026-03-03T09:00:00Z'), withdrawn_at: null };
    expect(await rows()).toEqual([{ ...breach, answered_at: Date.parse('2026-03-03T12:00:00Z') }]);
    await say(ledger, 'T-1', { type: 'CancelTicket', reason: 'spam' }, '2026-03-03T11:00:00Z');
    await project(ledger);
    expect(await rows()).toEqual([{ ...breach, answered_at: null }]);
  });
});
