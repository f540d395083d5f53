import graphql from '@graphql-eslint/eslint-plugin';
import * as typescript from '@typescript-eslint/parser';
import { rulesOfTests } from './eslint.tests.js';

const noEnums = { selector: 'TSEnumDeclaration', message: 'It takes any number. Use a union of texts.' };

/** What oxlint (`.oxlintrc.json`) has no rules for: the schema, what of the language is not used, and what tests may not do. */
export default [
  { ignores: ['dist', 'node_modules', 'coverage', 'examples'] },
  { files: ['**/*.{ts,js,mjs,cjs}'], languageOptions: { parser: typescript } },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', noEnums],
    },
  },
  {
    // What is printed goes through src/cli/print.ts, or a server's log: both escape what would give the terminal a command.
    files: ['src/**/*.ts'],
    ignores: ['src/cli/print.ts', 'src/observability/log.ts', 'src/app/print-schema.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        noEnums,
        {
          selector:
            'CallExpression[callee.property.name=/^(write|end|pipe)$/] > MemberExpression > MemberExpression[property.name=/^(stdout|stderr)$/]',
          message: 'Print by src/cli/print.ts.',
        },
        {
          selector: 'ImportDeclaration[source.value=/^(node:)?console$/]',
          message: 'Print by src/cli/print.ts.',
        },
      ],
    },
  },
  { files: ['test/**/*.ts'], rules: rulesOfTests },
  {
    files: ['schema.gql'],
    plugins: { '@graphql-eslint': graphql },
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: 'schema.gql' } } },
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      // A root field that fails must not take its neighbours' answers with it.
      '@graphql-eslint/require-nullable-result-in-root': 'error',
      // Most types are values, as a promise or a clock reading: they have no identity. A plan's is its code.
      '@graphql-eslint/strict-id-in-types': 'off',
      // Nothing is fetched again by a global id, so there is no Node; and short lists that always come whole are no connections.
      '@graphql-eslint/relay-edge-types': [
        'error',
        { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
      ],
    },
  },
];
