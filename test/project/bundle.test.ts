import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const textOf = (name: string) => readFileSync(join('src', name), 'utf8');

describe('the files that start', () => {
  it('have every thread beside those who start it', () => {
    const threads = sources.flatMap((name) =>
      [...textOf(name).matchAll(/new URL\('\.\/([^']+)', import\.meta\.url\)/g)].flatMap(([, thread]) => thread ?? []),
    );
    expect(threads.length).toBeGreaterThan(3);
    expect(threads.filter((thread) => !existsSync(join('dist/bin', thread)))).toEqual([]);
  });

  it('find nothing else beside a module of their own', () => {
    const uses = sources.filter((name) =>
      /import\.meta/.test(
        textOf(name).replace(/new URL\('\.\/[^']+', import\.meta\.url\)|createRequire\(import\.meta\.url\)/g, ''),
      ),
    );
    expect(uses).toEqual([]);
  });

  it('have names of their own', () => {
    const names = sources.filter((name) => name.endsWith('-thread.ts')).map((name) => basename(name));
    expect(new Set(names).size).toBe(names.length);
  });

  it('come with the licenses of the packages in them', () => {
    const licenses = readFileSync('dist/bin/LICENSES.txt', 'utf8');
    for (const name of ['@nestjs/core', '@apollo/server', 'graphql', 'luxon', 'kysely'])
      expect(licenses).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
    expect(licenses).toContain('Permission is hereby granted, free of charge');
    // What keeps other code out of its files stays a package.
    expect(licenses).not.toMatch(/\((?:.* )?(?:MPL|CC-BY|A?GPL|LGPL)/);
  });
});
