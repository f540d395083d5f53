import { describe, expect, it } from '@jest/globals';
import { readVerdicts, type VerdictColumns } from '../../src/imports/verdicts.js';

async function read(text: string, columns: VerdictColumns = { column: 'ok' }) {
  async function* bytes() {
    yield Buffer.from(text);
  }
  const { of, unclear } = await readVerdicts(bytes(), columns);
  return { of: Object.fromEntries(of), unclear };
}

describe("another system's verdicts", () => {
  it("are those of each ticket's last row; the first column is the ticket", async () => {
    expect(await read('ticket,ok\nA,true\nB,false\nA,false\nB,true\n')).toEqual({
      of: { A: 'breached', B: 'met' },
      unclear: 0,
    });
  });

  it('may be said in the usual words; others say neither', async () => {
    expect(await read('ticket,ok\nA,Yes\nB,0\nC,\nD,?\nE,Missed')).toEqual({
      of: { A: 'met', B: 'breached', E: 'breached' },
      unclear: 2,
    });
  });

  it('may be said in words of their own; all others mean breached', async () => {
    const columns = { column: 'ok', id: 'no', met: ['pünktlich'] };
    expect(await read('ok,no\npünktlich,1\nzu spät,2\n,3\n', columns)).toEqual({
      of: { 1: 'met', 2: 'breached' },
      unclear: 1,
    });
  });

  it.each([
    ['without any', 'ticket,ok\nA,?\n', {}, 'NO_VERDICTS'],
    ['in a column that is not there', 'ticket,fine\nA,true\n', {}, 'LOG_MALFORMED'],
    ['of tickets in a column that is not there', 'ticket,ok\nA,true\n', { id: 'number' }, 'LOG_MALFORMED'],
    ['with a row that is too short', 'ticket,ok\nA\n', {}, 'LOG_MALFORMED'],
  ])('%s are refused', async (_, text, more, code) => {
    await expect(read(text, { column: 'ok', ...more })).rejects.toMatchObject({ code });
  });
});
