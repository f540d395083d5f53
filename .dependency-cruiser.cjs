/** The import rules of the house; `npm run imports` checks them. */
const slices = 'plans|tickets|sla|reports|audit|webhooks';
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'business-time-is-pure',
      comment: 'Business time knows calendars and nothing else.',
      severity: 'error',
      from: { path: '^src/business-time/' },
      to: { path: '^src/', pathNot: '^src/business-time/' },
    },
    {
      name: 'domain-is-pure',
      comment: 'A domain imports domains, business time, the kernel’s decider types and plain libraries.',
      severity: 'error',
      from: { path: `^src/(${slices})/domain/` },
      to: { path: '^src/', pathNot: `^src/((${slices})/domain|business-time|event-sourcing)/` },
    },
    {
      name: 'domain-knows-no-framework',
      severity: 'error',
      from: { path: [`^src/(${slices})/domain/`, '^src/business-time/'] },
      to: {
        path: '^(@nestjs|kysely|better-sqlite3|fastify|node:(fs|crypto|net|http))|node_modules/(@nestjs|kysely|better-sqlite3|fastify)',
      },
    },
    {
      name: 'kernel-knows-no-slice',
      severity: 'error',
      from: { path: '^src/event-sourcing/' },
      to: { path: '^src/', pathNot: '^src/(event-sourcing|database)/' },
    },
    {
      name: 'slices-meet-at-the-domain-or-the-door',
      comment: 'A slice’s doors are its domain and the files at its top.',
      severity: 'error',
      from: { path: `^src/(${slices})/` },
      to: {
        path: `^src/(${slices})/`,
        pathNot: ['^src/$1/', `^src/(${slices})/domain/`, `^src/(${slices})/[^/]+\\.ts$`],
      },
    },
    {
      name: 'only-the-ledger-and-its-log-pick-adapters',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/(ledger|open-log|projecting|expected-log|reading)\\.ts$', '^src/event-store/'],
      },
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
