/**
 * Small changes of meaning in a source file, all of them in one text: each asks at run time whether it is the one that is
 * tried, so that a file is compiled once for all of them.
 */
import ts from 'typescript';

/** @typedef {{ id: string, line: number, from: string, to: string }} Mutant */

const { SyntaxKind: Kind } = ts;

/** Operators, and what stands in their place. */
const operators = new Map([
  [Kind.LessThanToken, ['<=']],
  [Kind.LessThanEqualsToken, ['<']],
  [Kind.GreaterThanToken, ['>=']],
  [Kind.GreaterThanEqualsToken, ['>']],
  [Kind.EqualsEqualsEqualsToken, ['!==']],
  [Kind.ExclamationEqualsEqualsToken, ['===']],
  [Kind.PlusToken, ['-']],
  [Kind.MinusToken, ['+']],
  [Kind.AsteriskToken, ['/']],
  [Kind.AmpersandAmpersandToken, ['||']],
  [Kind.BarBarToken, ['&&']],
]);

/** Methods, and what is called in their place; null: nothing is. */
const methods = new Map([
  ['some', 'every'],
  ['every', 'some'],
  ['find', 'findLast'],
  ['findLast', 'find'],
  ['min', 'max'],
  ['max', 'min'],
  ['startsWith', 'endsWith'],
  ['filter', null],
  ['slice', null],
  ['toSorted', null],
  ['toReversed', null],
  ['trim', null],
]);

/**
 * A text with all its mutants, and what they are.
 * @returns {{ text: string, mutants: Mutant[] }}
 */
export function mutate(file, source) {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ES2022, true);
  /** @type {Mutant[]} */
  const mutants = [];
  const plain = (node) => node.getText(tree);

  /** Asks for a mutant; answers what the code says to find out. */
  const asks = (node, from, to) => {
    const id = `${file}#${mutants.length}`;
    mutants.push({ id, line: tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1, from, to });
    return `globalThis.__mutants.is(${JSON.stringify(id)})`;
  };
  /** An expression that is another where its mutant is tried. */
  const choice = (node, to, text) => `(${asks(node, plain(node), to)} ? ${to} : ${text})`;

  /** The text of a node, what is within it mutated. */
  const within = (node) => {
    const start = node.getStart(tree);
    let text = '';
    let at = start;
    ts.forEachChild(node, (child) => {
      const from = child.getStart(tree);
      if (from < at) return;
      text += source.slice(at, from) + changed(child);
      at = child.getEnd();
    });
    return text + source.slice(at, node.getEnd());
  };

  const changed = (node) => {
    if (isLeftAlone(node)) return plain(node);
    const text = within(node);
    if (!isRunOften(node)) return text;
    if (ts.isBinaryExpression(node)) return binary(node, text);
    if (ts.isPrefixUnaryExpression(node) && node.operator === Kind.ExclamationToken)
      return choice(node, `!!(${plain(node.operand)})`, text);
    if (isCondition(node)) return choice(node, 'true', choice(node, 'false', text));
    if (ts.isCallExpression(node)) return call(node, text);
    if (node.kind === Kind.TrueKeyword) return choice(node, 'false', text);
    if (node.kind === Kind.FalseKeyword) return choice(node, 'true', text);
    if (ts.isNumericLiteral(node) && isValue(node)) return choice(node, `(${plain(node)} + 1)`, text);
    if (ts.isSpreadElement(node)) return `...${choice(node, '[]', text.slice(3))}`;
    if (ts.isSpreadAssignment(node)) return `...${choice(node, '{}', text.slice(3))}`;
    if (ts.isThrowStatement(node) || isEffect(node)) return `{ if (!${asks(node, plain(node), '')}) ${text} }`;
    return text;
  };

  const binary = (node, text) => {
    const [left, right] = [plain(node.left), plain(node.right)];
    if (node.operatorToken.kind === Kind.QuestionQuestionToken) return choice(node, left, text);
    const others = operators.get(node.operatorToken.kind) ?? [];
    return others.reduce((so, other) => choice(node, `${left} ${other} ${right}`, so), text);
  };

  const call = (node, text) => {
    const { expression } = node;
    if (!ts.isPropertyAccessExpression(expression) || expression.questionDotToken !== undefined) return text;
    const other = methods.get(expression.name.text);
    if (other === undefined) return text;
    const on = plain(expression.expression);
    const given = node.arguments.map(plain).join(', ');
    return choice(node, other === null ? on : `${on}.${other}(${given})`, text);
  };

  return { text: within(tree), mutants };
}

/** What is not run, or names something. */
const isLeftAlone = (node) =>
  ts.isTypeNode(node) ||
  ts.isImportDeclaration(node) ||
  ts.isExportDeclaration(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isDecorator(node) ||
  ts.isTypeParameterDeclaration(node) ||
  (ts.isCaseClause(node.parent ?? node) && node.parent.expression === node) ||
  ts.isOptionalChain(node);

/** What is run once, when its module is loaded, cannot be another later. */
function isRunOften(node) {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (ts.isFunctionLike(at) && at.body !== undefined && isInside(node, at)) return true;
    if (ts.isPropertyDeclaration(at)) return !at.modifiers?.some(({ kind }) => kind === Kind.StaticKeyword);
  }
  return false;
}

/** Whether a node is in what a function does, or in what it takes where nothing is given. */
const isInside = (node, { body, parameters }) => {
  const holds = (outer) => outer !== undefined && node.pos >= outer.pos && node.end <= outer.end;
  return holds(body) || parameters.some(({ initializer }) => holds(initializer));
};

/** A condition that no operator of its own makes another. */
function isCondition(node) {
  const { parent } = node;
  const isAsked =
    (ts.isIfStatement(parent) && parent.expression === node) ||
    (ts.isConditionalExpression(parent) && parent.condition === node);
  return isAsked && !ts.isBinaryExpression(node) && !ts.isPrefixUnaryExpression(node);
}

/** A number that is worked with, no name of a property. */
const isValue = ({ parent }) =>
  !ts.isPropertyAssignment(parent) || (parent.initializer !== undefined && parent.name.kind !== Kind.NumericLiteral);

/** A call for what it does, not for what it answers. */
const isEffect = (node) =>
  ts.isExpressionStatement(node) &&
  ts.isCallExpression(ts.isAwaitExpression(node.expression) ? node.expression.expression : node.expression) &&
  node.expression.getText().startsWith('super(') === false;
