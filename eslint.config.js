import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: ['dist', 'node_modules', 'coverage', '.dependency-cruiser.cjs', 'test/support/*.mjs', 'examples'],
  },
  ...tseslint.configs.strictTypeChecked,
  {
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
  { files: ['bench/**/*.mjs', 'scripts/**/*.mjs', '*.config.js'], ...tseslint.configs.disableTypeChecked },
  { files: ['bench/**/*.mjs'], rules: { '@typescript-eslint/no-extraneous-class': 'off' } },
);
