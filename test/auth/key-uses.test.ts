import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { KeyUses } from '../../src/auth/key-uses.js';
import { ManualClock } from '../support/manual-clock.js';

const minute = 60_000;
const noon = Date.parse('2026-03-02T12:00:00Z');

describe('when a key was last used', () => {
  const begin = (write: (uses: ReadonlyMap<string, number>) => void = () => undefined) => {
    const time = new ManualClock(noon);
    const written: (readonly (readonly [string, number])[])[] = [];
    const failures: unknown[] = [];
    const uses = new KeyUses(
      time,
      (all) => {
        write(all);
        written.push([...all].map(([id, at]) => [id, at - noon]));
      },
      (error) => failures.push(error),
    );
    return { time, uses, written, failures };
  };
  const turns = async () => {
    for (let i = 0; i < 5; i++) await turn();
  };

  it('is written after the request, and then at most once a minute, whoever comes how often', async () => {
    const { time, uses, written } = begin();
    uses.note('a');
    expect(written).toEqual([]); // whoever asks does not wait for it
    await turns();
    expect(written).toEqual([[['a', 0]]]);
    for (let second = 1; second < 60; second++) {
      time.moveTo(noon + second * 1_000);
      uses.note(second % 2 === 0 ? 'a' : 'b');
      await turns();
    }
    expect(written).toHaveLength(1);
    time.moveTo(noon + minute);
    await turns();
    expect(written.slice(1)).toEqual([
      [
        ['b', 59_000],
        ['a', 58_000],
      ],
    ]);
    time.moveTo(noon + 10 * minute);
    await turns();
    expect(written).toHaveLength(2); // nobody came
    uses.close();
  });

  it('is written when the server stops', async () => {
    const { time, uses, written } = begin();
    uses.note('a');
    await turns();
    time.moveTo(noon + 1_000);
    uses.note('a');
    uses.close();
    await turns();
    expect(written).toEqual([[['a', 0]], [['a', 1_000]]]);
  });

  it('is tried again where the disk fails; that is told once', async () => {
    let isFull = true;
    const full = new Error('disk full');
    const { time, uses, written, failures } = begin(() => {
      if (isFull) throw full;
    });
    for (const at of [0, minute, 2 * minute]) {
      time.moveTo(noon + at);
      uses.note('a');
      await turns();
    }
    expect([written, failures]).toEqual([[], [full]]);
    isFull = false;
    time.moveTo(noon + 3 * minute);
    uses.note('b');
    await turns();
    expect(written).toEqual([
      [
        ['a', 2 * minute],
        ['b', 3 * minute],
      ],
    ]);
    uses.close();
  });
});
