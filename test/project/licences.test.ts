import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

interface Locked {
  readonly dev?: boolean;
  readonly license?: string;
}

const read = (file: string) => readFileSync(file, 'utf8');
const lock = JSON.parse(read('package-lock.json')) as { readonly packages: Record<string, Locked> };

/** Licences that may be in what we give away, and whether whoever uses a package under one has to name it. */
const known: Readonly<Record<string, boolean>> = {
  MIT: false,
  ISC: false,
  '0BSD': false,
  'BSD-2-Clause': false,
  'BSD-3-Clause': false,
  'Apache-2.0': false,
  'BlueOak-1.0.0': false,
  Unlicense: false,
  WTFPL: false,
  'CC-BY-3.0': true,
  'MPL-2.0': true,
  'PSF-2.0': true,
  'Python-2.0': true,
};

/** The packages that the bundle has parts of. */
const bundled = new Set(
  [...read('dist/bin/LICENSES.txt').matchAll(/^((?:@[\w.-]+\/)?[\w.-]+) \d+\.\d+\.\d+\S* \(/gm)].map(
    ([, name]) => name,
  ),
);

const used = Object.entries(lock.packages)
  .filter(([path, { dev }]) => path !== '' && (dev !== true || bundled.has(path.split('node_modules/').at(-1))))
  .map(([path, { license = 'none' }]) => ({ path, name: path.split('node_modules/').at(-1) ?? path, license }));

/** The licences in an expression as npm writes it, `(ISC AND CC-BY-3.0)`. */
const namesIn = (license: string) => license.split(/[()\s]+|AND|OR/).filter((name) => name !== '');

describe('the licences of what is used', () => {
  it('are among those that are known', () => {
    expect(bundled.size).toBeGreaterThan(100);
    expect(used.length).toBeGreaterThan(200);
    const unknown = used.filter(({ license }) => !namesIn(license).every((name) => Object.hasOwn(known, name)));
    expect(unknown).toEqual([]);
  });

  it('that want attribution have it in NOTICE, and so have packages with a notice of their own', () => {
    const notice = read('NOTICE');
    const wanting = used.filter(
      ({ path, license }) => namesIn(license).some((name) => known[name]) || existsSync(`${path}/NOTICE`),
    );
    expect([...new Set(wanting.map(({ name }) => name))]).toEqual(expect.arrayContaining(['date-holidays', 'ical.js']));
    expect(
      wanting.filter(({ name }) => !new RegExp(`^${name.replaceAll('.', '\\.')} \\(http`, 'm').test(notice)),
    ).toEqual([]);
  });

  it('are told of wherever the program goes: in its package, its image and its README', () => {
    expect((JSON.parse(read('package.json')) as { files: string[] }).files).toContain('NOTICE');
    expect(read('Dockerfile')).toMatch(/^COPY .*\bNOTICE\b/m);
    expect(read('README.md')).toContain('[NOTICE](NOTICE)');
  });
});
