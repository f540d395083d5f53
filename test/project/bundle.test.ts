import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
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

  it('find nothing else by where their own module stands, but packages and what is two folders up', () => {
    const known = /new URL\(['`](\.|\.\.\/\.\.)\/\w[^'`]*['`], import\.meta\.url\)|createRequire\(import\.meta\.url\)/g;
    const others = sources.filter((name) => textOf(name).replace(known, '').includes('import.meta'));
    expect(others).toEqual([]);
    // So deep lies the bundle too.
    const up = sources.filter((name) => /new URL\(['`]\.\.\//.test(textOf(name)));
    expect(up.filter((name) => name.split(sep).length !== 2)).toEqual([]);
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
