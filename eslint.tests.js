/**
 * Rules for tests, of what lets one pass although the product is wrong. Jest's `toContain` and `toBe` compare by identity, so
 * that a matcher within them equals nothing; an error of any kind is not the one that is meant; a test that is skipped or
 * alone hides others.
 */
const matcher = "CallExpression[callee.object.name='expect'], CallExpression[callee.object.object.name='expect']";

const forbidden = [
  {
    selector: `CallExpression[callee.property.name=/^(toContain|toBe)$/] > :matches(${matcher}).arguments`,
    message:
      'toContain and toBe compare by identity: a matcher within them equals nothing. Use toContainEqual or toEqual.',
  },
  {
    selector:
      "CallExpression[callee.property.name=/^toThrow(Error)?$/][arguments.length=0]:not([callee.object.property.name='not'])",
    message: 'Any error would do. Say which: its code, its class or its message.',
  },
  {
    selector: 'CallExpression[callee.property.name=/^(toBe|toEqual)$/] > Literal.arguments[value=-1]',
    message: 'indexOf answers -1 for what is not there. Compare the whole list.',
  },
  {
    selector:
      "CallExpression[callee.object.callee.name='expect'] CallExpression[callee.property.name=/^(last)?indexOf$/i]",
    message: 'What is not there is at -1, before all else. Compare the whole list, or its order by itself.',
  },
  {
    selector:
      "MemberExpression[object.name=/^(it|test|describe)$/][property.name='only'], CallExpression[callee.name=/^(fit|fdescribe)$/]",
    message: 'The others would not run.',
  },
  {
    selector:
      "CallExpression[callee.object.name=/^(it|test|describe)$/][callee.property.name='skip'], CallExpression[callee.name=/^(xit|xtest|xdescribe)$/], MemberExpression[object.name=/^(it|test)$/][property.name='todo']",
    message:
      'A test that never runs proves nothing. Where a machine lacks something, choose by what it has: (there ? it : it.skip)(…).',
  },
  {
    selector:
      "CallExpression[callee.property.name='catch'] > ArrowFunctionExpression.arguments[body.type='Identifier'][body.name='undefined']",
    message: 'Any error would do. Say which: .catch(meant(code)), of test/support/meant.ts.',
  },
  {
    selector: 'CatchClause > BlockStatement[body.length=0]',
    message: 'An error that nobody looks at may be any. Say which is meant.',
  },
];

/** @type {import('eslint').Linter.RulesRecord} */
export const rulesOfTests = { 'no-restricted-syntax': ['error', ...forbidden] };
