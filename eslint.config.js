import graphql from '@graphql-eslint/eslint-plugin';
import tseslint from 'typescript-eslint';

const code = ['**/*.{ts,js,mjs,cjs}'];

export default tseslint.config(
  {
    ignores: ['dist', 'node_modules', 'coverage', 'examples'],
  },
  { files: code, extends: [tseslint.configs.strictTypeChecked] },
  {
    files: code,
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Nest's modules are classes without members.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // GraphQL's object types are shapes that resolvers answer with plain objects.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
    },
  },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/require-await': 'off' } },
  {
    // What is printed goes through src/cli/print.ts, or a server's log: both escape what would give the terminal a command.
    files: ['src/**/*.ts'],
    ignores: ['src/cli/print.ts', 'src/observability/log.ts', 'src/app/print-schema.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
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
  // Nest reads the types of constructor parameters at run time, so its imports must stay values.
  { files: ['src/**/*.ts'], rules: { '@typescript-eslint/consistent-type-imports': 'off' } },
  // Plain JavaScript is looked at without types; it decorates classes, of which some have no members, by calls.
  { files: ['**/*.{mjs,cjs}', '*.config.js'], ...tseslint.configs.disableTypeChecked },
  { files: ['bench/**/*.mjs'], rules: { '@typescript-eslint/no-extraneous-class': 'off' } },
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
);
