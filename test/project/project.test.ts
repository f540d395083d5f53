import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, isEnumType, isInputObjectType, isObjectType } from 'graphql';
import { Settings, variables } from '../../src/config/settings.js';
import { sqlitePackage } from '../../src/storage/sqlite.js';

interface Locked {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly engines?: { readonly node?: string };
}

const read = (file: string) => readFileSync(file, 'utf8');
const manifest = JSON.parse(read('package.json')) as {
  readonly allowScripts: Record<string, boolean>;
  readonly dependencies: Record<string, string>;
  readonly optionalDependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
};
const dependencies = { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies };
const lock = JSON.parse(read('package-lock.json')) as { readonly packages: Record<string, Locked> };

describe('the manifest', () => {
  it('says of every package with an install script whether it may run, and of no other', () => {
    const scripted = Object.entries(lock.packages)
      .filter(([path, { hasInstallScript }]) => path !== '' && hasInstallScript === true)
      .map(([path]) => path.split('node_modules/').at(-1) ?? path);
    expect(Object.keys(manifest.allowScripts).sort()).toEqual([...new Set(scripted)].sort());
  });

  it('pins every dependency to one version', () => {
    const versions = Object.values(dependencies);
    expect(versions.filter((version) => !/^(npm:[\w-]+@)?\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  // Overrides and the lockfile do not reach `npm install -g` of the packed tarball, and newer releases of others need Node 22.
  it('has as dependencies only what is no part of the bundle', () => {
    const apart = ['date-holidays', 'graphiql', 'graphql-ws', 'ical.js', 'react', 'react-dom'];
    expect(Object.keys(manifest.dependencies).sort()).toEqual(apart);
  });

  it('has a reason for every dependency in the decision on them', () => {
    const reasons = read('docs/adr/0002-dependencies.md');
    expect(Object.keys(dependencies).filter((name) => !reasons.includes(`\`${name}\``))).toEqual([]);
  });

  it('needs no newer Node than it says, except for packages that npm leaves out on an older one', () => {
    const tooNew = Object.entries(lock.packages).filter(([, { dev, optional, engines }]) => {
      const range = engines?.node ?? '';
      return dev !== true && optional !== true && /^(>=\s*|\^)2[1-9]/.test(range) && !range.includes('||');
    });
    expect(tooNew.map(([path]) => path)).toEqual([]);
  });
});

describe('the benches and scripts', () => {
  it('load nothing of the product that is not there', async () => {
    const files = ['bench', 'scripts'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
    );
    const loaded = files
      .filter((file) => file.endsWith('.mjs'))
      .flatMap((file) => [...read(file).matchAll(/import \{([^}]+)\} from '(?:\.\.?\/)+dist\/([^']+)\.js'/g)])
      .flatMap(([, names = '', module = '']) => names.split(',').map((name) => [module, name.trim()] as const));
    expect(loaded.length).toBeGreaterThan(20);
    const missing: string[] = [];
    for (const [module, name] of loaded) {
      const source = existsSync(`src/${module}.ts`)
        ? ((await import(`../../src/${module}.js`)) as Record<string, unknown>)
        : {};
      if (name !== '' && !(name in source)) missing.push(`${name} of ${module}`);
    }
    expect(missing).toEqual([]);
  });
});

describe('the package for SQLite', () => {
  it('is one of the two that are optional, by the Node-API that this Node has', () => {
    expect(['9', '10', '11', ''].map(sqlitePackage)).toEqual([
      'better-sqlite3',
      'better-sqlite3-13',
      'better-sqlite3-13',
      'better-sqlite3',
    ]);
    expect(Object.keys(manifest.optionalDependencies)).toEqual(['better-sqlite3', 'better-sqlite3-13']);
  });

  // npm calls node-gyp, which wants Python, for a package that has a binding.gyp. It reads from the lockfile that it should
  // not, and drops that line whenever it writes the lockfile: add it again.
  it('is not given to node-gyp where it brings its binaries', () => {
    expect(lock.packages['node_modules/better-sqlite3']?.hasInstallScript).toBe(true);
    expect(lock.packages['node_modules/better-sqlite3-13']).toMatchObject({
      engines: { node: '>=22' },
      gypfile: false,
    });
    expect(lock.packages['node_modules/better-sqlite3-13']).not.toHaveProperty('hasInstallScript');
  });

  it('is named in one file of the sources', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    expect(files.filter((file) => /['"]better-sqlite3/.test(read(join('src', file))))).toEqual(['storage/sqlite.ts']);
  });
});

describe('the page of settings', () => {
  it('has every setting, with its default', () => {
    const page = read('docs/settings.md');
    const defaults = new Settings();
    const rows = (Object.keys(variables) as (keyof Settings)[]).map((name) => {
      const value = String(defaults[name] ?? '');
      const said = value === '' ? '–' : `\`${value}\``;
      return `| \`${variables[name]}\` | ${said} |`;
    });
    expect(rows.filter((row) => !page.includes(row))).toEqual([]);
  });
});

describe('the schema', () => {
  const schema = buildSchema(read('schema.gql'));
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  const builtIn = new Set(['String', 'Int', 'Float', 'Boolean', 'ID', 'Query', 'Mutation', 'Subscription']);

  it('describes every type', () => {
    expect(types.filter(({ name, description }) => !builtIn.has(name) && !description).map(({ name }) => name)).toEqual(
      [],
    );
  });

  it('describes every field, argument and value', () => {
    const bare: string[] = [];
    const check = (name: string, { description }: { readonly description?: string | null | undefined }) => {
      if (!description) bare.push(name);
    };
    for (const type of types) {
      if (isEnumType(type)) for (const value of type.getValues()) check(`${type.name}.${value.name}`, value);
      if (isInputObjectType(type))
        for (const field of Object.values(type.getFields())) check(`${type.name}.${field.name}`, field);
      if (!isObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        check(`${type.name}.${field.name}`, field);
        for (const arg of field.args) check(`${type.name}.${field.name}(${arg.name})`, arg);
      }
    }
    expect(bare).toEqual([]);
  });
});

describe('the build', () => {
  it('loads no module for its types alone, so that a thread starts with what it needs', () => {
    const built = readdirSync('dist', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));
    expect(built).not.toEqual([]);
    expect(built.filter((file) => /^import \{\} from/m.test(read(join('dist', file))))).toEqual([]);
  });
});
