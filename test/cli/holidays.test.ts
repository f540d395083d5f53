import { describe, expect, it } from '@jest/globals';
import { runHere } from '../support/command-line.js';

describe('pledge holidays', () => {
  const holidays = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await runHere(['holidays', ...args], {});
    return { code, lines: stdout.split('\n'), stderr };
  };

  it('lists the countries', async () => {
    expect((await holidays()).lines).toEqual(expect.arrayContaining(['  DE        Deutschland', '  IT        Italia']));
  });

  it('lists the holidays of a country in a year, and its regions with their parts', async () => {
    const { lines } = await holidays('de', '--year', '2026');
    expect(lines).toEqual(
      expect.arrayContaining([
        'Public holidays in 2026 of holidaysFrom: [{ country: DE }]',
        '  2026-04-06 mon  Ostermontag',
        '  BY        Bayern',
        '  BY-KATH   Überwiegend katholische Gemeinden',
      ]),
    );
    expect(lines.join('\n')).not.toContain('2026-08-15');
  });

  it('lists the holidays of a region, and its parts alone', async () => {
    const region = await holidays('DE', 'BY', '--year', '2026');
    expect(region.lines.filter((line) => /^ {2}[A-Z]/.test(line)).map((line) => line.trim().split(' ')[0])).toEqual([
      ...['BY-A', 'BY-EVANG', 'BY-KATH'],
    ]);
    const part = await holidays('DE', 'DE-BY-KATH', '--year', '2026');
    expect(part.lines).toEqual(expect.arrayContaining(['  2026-08-15 sat  Mariä Himmelfahrt']));
  });

  it('writes a region as YAML takes it', async () => {
    expect((await holidays('FR', '57', '--year', '2026')).lines[0]).toBe(
      'Public holidays in 2026 of holidaysFrom: [{ country: FR, region: "57" }]',
    );
  });

  it.each([
    [
      ['XX'],
      'pledge: UNKNOWN_COUNTRY: country: "XX" is not a country with known holidays; "pledge holidays" lists these countries.\n',
    ],
    [
      ['DE', 'XX'],
      'pledge: UNKNOWN_REGION: region: "XX" is not a region of DE; "pledge holidays DE" lists its regions.\n',
    ],
  ])('names what is not there: %j', async (args, stderr) => {
    expect(await holidays(...args)).toMatchObject({ code: 1, stderr });
  });
});
