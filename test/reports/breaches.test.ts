import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newFolder } from '../support/api.js';
import { type BreachFilter, breaches } from '../../src/reports/queries/breaches-query.js';
import { ledgerAt, open, project, say, type TestContext } from '../support/application-contexts.js';

describe('a breach whose late answer turns out not to be one', () => {
  let context: TestContext;
  const folder = newFolder();
  afterEach(async () => {
    await context.close();
    rmSync(folder, { recursive: true });
  });

  const rows = () =>
    context.db.selectFrom('breaches').select(['metric', 'due_at', 'answered_at', 'withdrawn_at']).execute();

  it('stays the one breach of its run, unanswered again', async () => {
    context = await ledgerAt('2026-03-02T09:00:00Z', folder);
    await open(context, 'T-1');
    context.time.moveTo(Date.parse('2026-03-03T12:00:00Z'));
    await say(context, 'T-1', { type: 'RecordFirstResponse' });
    await project(context);
    const breach = { metric: 'firstResponse', due_at: Date.parse('2026-03-03T09:00:00Z'), withdrawn_at: null };
    expect(await rows()).toEqual([{ ...breach, answered_at: Date.parse('2026-03-03T12:00:00Z') }]);
    await say(context, 'T-1', { type: 'CancelTicket', reason: 'spam' }, '2026-03-03T11:00:00Z');
    await project(context);
    expect(await rows()).toEqual([{ ...breach, answered_at: null }]);
  });
});

describe('the list of breaches', () => {
  let context: TestContext;
  const folder = newFolder();
  beforeAll(async () => {
    context = await ledgerAt('2026-03-02T09:00:00Z', folder);
    await open(context, 'T-1');
    await open(context, 'T-2');
    await say(context, 'T-1', { type: 'AssignTicket', assignee: 'mia', team: 'first-line' });
    context.time.moveTo(Date.parse('2026-03-04T12:00:00Z'));
    for (const id of ['T-1', 'T-2']) await say(context, id, { type: 'RecordFirstResponse' });
    await project(context);
  });
  afterAll(async () => {
    await context.close();
    rmSync(folder, { recursive: true });
  });

  it.each<readonly [filter: BreachFilter, tickets: readonly string[]]>([
    [{}, ['T-1', 'T-2']],
    [{ teams: ['first-line'] }, ['T-1']],
    [{ teams: ['second-line'] }, []],
    [{ assignees: ['mia'] }, ['T-1']],
    [{ priorities: ['NORMAL'] }, ['T-1', 'T-2']],
    [{ priorities: ['high'] }, []],
    [{ types: ['productBug'] }, ['T-1', 'T-2']],
    [{ types: ['productQuestion'] }, []],
    [{ channels: ['email'] }, ['T-1', 'T-2']],
    [{ channels: ['phone'] }, []],
    [{ teams: ['first-line'], channels: ['phone'] }, []],
  ])('is narrowed by %j', async (filter, tickets) => {
    const { edges } = await breaches(context.readers.here('everyone'), filter, {});
    expect(edges.map(({ node }) => node.ticket).sort()).toEqual(tickets);
  });
});
