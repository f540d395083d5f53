/** The import rules of the house; `npm run imports` checks them. */

/** The folders of `src/` from the top down: nothing imports upwards. */
const order = [
  'main.ts',
  'cli',
  'app',
  'event-schema',
  'imports',
  'webhooks',
  'feed',
  'audit',
  'reports',
  'tickets',
  'deadlines',
  'catalogue',
  'clocks',
  'api',
  'read-models',
  'auth',
  'observability',
  'event-store',
  'storage',
  'config',
  'time',
  'parsing',
  'business-time',
  'event-sourcing',
  'di-tokens.ts',
];

/** Folders with a domain of their own. */
const slices = 'webhooks|feed|audit|reports|tickets|deadlines|catalogue|imports';

const paths = (names) => names.map((name) => `^src/${name.replace('.', '\\.')}${name.endsWith('.ts') ? '$' : '/'}`);

const upward = order.slice(1).map((name, index) => ({
  name: `no-import-upwards-from-${name.replace('.ts', '')}`,
  comment: 'The order of folders is in docs/architecture.md.',
  severity: 'error',
  from: { path: paths([name]) },
  to: { path: paths(order.slice(0, index + 1)) },
}));

module.exports = {
  forbidden: [
    { name: 'no-circles-of-files', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-circles-of-folders', severity: 'error', scope: 'folder', from: {}, to: { circular: true } },
    {
      name: 'every-folder-has-its-place',
      comment: 'A new folder of src/ gets its place in the order above.',
      severity: 'error',
      from: { path: '^src/', pathNot: paths(order) },
      to: {},
    },
    ...upward,
    {
      name: 'pure',
      comment:
        'Domains, clocks and business time import each other, types, rejections and ids of the kernel, and plain libraries.',
      severity: 'error',
      from: { path: [`^src/(${slices})/domain/`, '^src/(clocks|business-time)/'] },
      to: {
        path: '^src/',
        pathNot: [
          `^src/(${slices})/domain/`,
          '^src/(clocks|business-time|parsing)/',
          '^src/event-sourcing/(canonical-json|decider|derive-id|directory|event-store|new-id|notice|rejection|sequence|system-actor)\\.ts$',
        ],
      },
    },
    {
      name: 'pure-knows-no-machine',
      severity: 'error',
      from: { path: [`^src/(${slices})/domain/`, '^src/(clocks|business-time)/'] },
      to: {
        path: [
          '^(node:)?(fs|crypto|net|http|https|http2|tls|dgram|dns|os|child_process|worker_threads|cluster|inspector|process|timers|stream)(/|$)',
          'node_modules/(@nestjs|kysely|better-sqlite3|fastify|@fastify|@apollo|@eventstore|graphql)/',
        ],
      },
    },
    {
      name: 'slices-meet-at-the-domain-the-commands-or-the-top',
      comment:
        'Of another slice are imported its domain, its commands, the files at its top, and its GraphQL types by GraphQL types.',
      severity: 'error',
      from: { path: `^src/(${slices})/` },
      to: {
        path: `^src/(${slices})/`,
        pathNot: ['^src/$1/', `^src/(${slices})/(domain|commands|graphql)/`, `^src/(${slices})/[^/]+\\.ts$`],
      },
    },
    {
      name: 'graphql-is-imported-by-graphql',
      comment: 'GraphQL types and resolvers are imported by app/, by their slice’s module and by other GraphQL types.',
      severity: 'error',
      from: { path: '^src/', pathNot: [`^src/(${slices})/graphql/`, '^src/app/', '^src/[^/]+/[^/]+\\.module\\.ts$'] },
      to: { path: `^src/(${slices})/graphql/` },
    },
    {
      name: 'commands-without-nest',
      comment:
        'The command line does what commands do, and starts in half the time without Nest: handlers have files of their own.',
      severity: 'error',
      from: { path: '^src/(catalogue|tickets)/commands/', pathNot: '(-handler|/injected-ports)\\.ts$' },
      to: { path: 'node_modules/@nestjs/' },
    },
    {
      name: 'only-app-picks-adapters',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/app/', '^src/event-store/'] },
      to: { path: '^src/event-store/' },
    },
    {
      name: 'only-its-adapter-knows-eventstoredb',
      comment: 'Another client is a change in one folder.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/event-store/eventstoredb/' },
      to: { path: '@eventstore/db-client' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
    exclude: { path: '^(dist|node_modules)' },
  },
};
