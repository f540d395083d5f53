import { describe, expect, it } from '@jest/globals';
import { DiskSet } from '../../src/storage/disk-set.js';

describe('a set of texts on disk', () => {
  it('has what was added, once or twice, and nothing else', () => {
    const set = new DiskSet();
    expect(set.has('a')).toBe(false);
    for (const text of ['a', 'a', 'b 𝄞']) set.add(text);
    expect(['a', 'b 𝄞', 'b', 'A', ''].map((text) => set.has(text))).toEqual([true, true, false, false, false]);
    set.close();
    expect(set.has('a')).toBe(false);
  });
});
