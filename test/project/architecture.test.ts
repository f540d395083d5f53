import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const page = readFileSync('docs/architecture.md', 'utf8');
const script = resolve('scripts/architecture.mjs');
const draw = (folder: string, ...options: readonly string[]) =>
  execFileSync(process.execPath, [script, ...options], { cwd: folder, stdio: 'pipe' });

describe('the page on the architecture', () => {
  it('shows the folders and imports that there are', () => {
    expect(() => draw('.', '--check')).not.toThrow();
  });

  it('says of every folder what is in it, and of no other', () => {
    const rows = [...page.matchAll(/^\| `([\w.-]+)\/?` \|/gm)].map(([, name]) => name);
    expect(rows.sort()).toEqual(readdirSync('src').sort());
  });

  it('names only files that exist', () => {
    const files = [...page.matchAll(/`(src\/[^`]+)`/g)].map(([, file = '']) => file);
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
  });
});

describe('the picture', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pledge-picture-'));
    for (const room of ['src/top', 'src/middle', 'src/low', 'docs']) mkdirSync(join(folder, room), { recursive: true });
    writeFileSync(join(folder, 'docs/architecture.md'), 'Before.\n\n```mermaid\n```\n\nAfter.\n');
    writeFileSync(
      join(folder, 'src/top/a.ts'),
      "import { b } from '../middle/b.js';\nimport { c } from '../low/c.js';\n",
    );
    writeFileSync(join(folder, 'src/middle/b.ts'), "export const at = new URL('../low/c.js', import.meta.url);\n");
    writeFileSync(join(folder, 'src/low/c.ts'), "import { d } from './d.js';\n");
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('has every folder, and the arrows that follow from no others', () => {
    draw(folder);
    expect(readFileSync(join(folder, 'docs/architecture.md'), 'utf8')).toBe(
      'Before.\n\n```mermaid\nflowchart TD\n  low["low/"]\n  middle["middle/"]\n  top["top/"]\n' +
        '  middle --> low\n  top --> middle\n```\n\nAfter.\n',
    );
  });

  it('is told to be out of date when an import comes that it does not have', () => {
    draw(folder);
    writeFileSync(join(folder, 'src/low/d.ts'), '');
    expect(() => draw(folder, '--check')).not.toThrow();
    mkdirSync(join(folder, 'src/lowest'));
    writeFileSync(join(folder, 'src/lowest/e.ts'), '');
    writeFileSync(join(folder, 'src/low/d.ts'), "import { e } from '../lowest/e.js';\n");
    expect(() => draw(folder, '--check')).toThrow('npm run architecture:write');
  });
});
