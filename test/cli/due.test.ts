import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { newFolder } from '../support/api.js';
import { ledgerAt } from '../support/application-contexts.js';
import { pledgeHere } from '../support/command-line.js';

const from = ['--from', '2026-03-02T16:00:00Z']; // a Monday

describe('pledge due', () => {
  const folder = newFolder();
  beforeAll(async () => {
    await (await ledgerAt('2026-03-02T09:00:00Z', join(folder, 'data'))).close(); // with the built-in plans
  });
  const due = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await pledgeHere(folder, ['due', '--json', ...from, ...args]);
    return code === 0 ? (JSON.parse(stdout) as { readonly dueAt: string }).dueAt : stderr;
  };

  it.each([
    ['minutes', ['--calendar', 'business-hours', '--minutes', '90'], '2026-03-03T09:30:00.000Z'],
    ['hours', ['--calendar', 'business-hours', '--hours', '10'], '2026-03-04T10:00:00.000Z'],
    ['days at the same time', ['--calendar', 'business-hours', '--business-days', '2'], '2026-03-04T16:00:00.000Z'],
    [
      'days to their end',
      ['--calendar', 'business-hours', '--business-days', '2', '--rule', 'endOfDay'],
      '2026-03-04T17:00:00.000Z',
    ],
    [
      'hours but for a pause',
      ['--calendar', 'business-hours', '--hours', '2', '--pause', '2026-03-03T09:00:00Z/2026-03-03T12:00:00Z'],
      '2026-03-03T13:00:00.000Z',
    ],
    ['what a plan promises', ['--plan', 'pro', '--metric', 'firstResponse'], '2026-03-03T16:00:00.000Z'],
    [
      'what a plan promises of a type by a channel',
      ['--plan', 'pro', '--type', 'productQuestion', '--channel', 'email', '--priority', 'normal'],
      '2026-03-03T16:00:00.000Z',
    ],
  ])('says when it is due: %s', async (_, args, expected) => {
    expect(await due(...args)).toBe(expected);
  });

  it.each([
    [['--plan', 'pro', '--channel', 'carrierPigeon'], /^pledge: /],
    [['--plan', 'none'], /^pledge: PLAN_NOT_FOUND: /],
    [['--customer', 'nobody'], /^pledge: /],
  ])('refuses %j', async (args, says) => {
    expect(await due(...args)).toMatch(says);
  });

  it('says it in words, with the open time that it is counted in', async () => {
    const args = ['due', ...from, '--calendar', 'business-hours', '--hours', '2'];
    expect((await pledgeHere(folder, args)).stdout.split('\n')).toEqual([
      'Due 2026-03-03T10:00:00.000Z, Tue 2026-03-03 10:00:00 +00:00 in UTC',
      '2 hours from Mon 2026-03-02 16:00:00 +00:00, calendar business-hours version 1',
      'The 02:00:00 of open time:',
      '  Mon 2026-03-02 16:00:00 +00:00 – Mon 2026-03-02 17:00:00 +00:00  01:00:00',
      '  Tue 2026-03-03 09:00:00 +00:00 – Tue 2026-03-03 10:00:00 +00:00  01:00:00',
      '',
    ]);
  });
});
