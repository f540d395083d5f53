import { isScalar, Lexer, LineCounter, type Node, type Pair, parseDocument, visit, type YAMLMap } from 'yaml';

/** Text that is no YAML, or more of it than any file of ours has. */
export class YamlFault extends Error {
  override readonly name = 'YamlFault';

  constructor(line: number | undefined, why: string) {
    super(line === undefined ? why : `line ${line}: ${why}`);
  }
}

/** What is parsed takes hundreds of times the memory of its text. */
const mostTokens = 3_000_000;
const mostKeys = 10_000;
const deepest = 100;
/** How often what has an anchor may be said again, with what it says again itself. */
const mostAliases = 100;

/**
 * What YAML 1.2 says, of which JSON is a part. The parser compares each key of a map with every other, and stops at no depth
 * but the stack's: so keys are compared here, and what is hostile is refused before it is parsed.
 * @throws YamlFault with the line, where there is one
 */
export function readYaml(text: string): unknown {
  expectModest(text);
  try {
    return parse(text);
  } catch (fault) {
    if (fault instanceof RangeError) throw new YamlFault(undefined, tooDeep);
    if (fault instanceof ReferenceError)
      throw new YamlFault(undefined, `its aliases cannot be followed: ${fault.message}`);
    throw fault;
  }
}

function parse(text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, lineCounter: lines });
  const lineOf = (offset: number | undefined) => (offset === undefined ? undefined : lines.linePos(offset).line);
  const [error] = document.errors;
  if (error !== undefined) {
    const isDeep = error.message.includes('call stack');
    throw new YamlFault(lineOf(error.pos[0]), isDeep ? tooDeep : error.message);
  }
  visit(document, {
    Map: (_, map) => {
      expectKeys(map, lineOf);
    },
  });
  return document.toJS({ maxAliasCount: mostAliases });
}

const tooDeep = `it is nested more than ${deepest} deep`;

/** Counts tokens, and how deep brackets and dashes go, without keeping any. */
function expectModest(text: string): void {
  let tokens = 0;
  let depth = 0;
  let indicators = 0; // in a row: `- - -` nests by each, and so do `? ? ?` and `a: &b !c`
  let line = 1;
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (token.includes('\n')) line += token.split('\n').length - 1;
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    if (token === '-' || token === '?' || token === ':') indicators += 1;
    else if (token.trim() !== '') indicators = 0;
    if (depth > deepest || indicators > deepest) throw new YamlFault(line, tooDeep);
    if (tokens > mostTokens) throw new YamlFault(line, 'it has more entries than such a file may have');
  }
}

function expectKeys({ items }: YAMLMap, lineOf: (offset: number | undefined) => number | undefined): void {
  const seen = new Set<unknown>();
  for (const { key } of items as readonly Pair[]) {
    if (!isScalar(key))
      throw new YamlFault(lineOf((key as Node | null)?.range?.[0]), 'a key must be a word or a number');
    const line = lineOf(key.range?.[0]);
    // A key is text as it is written, whatever YAML makes of it: TRUE, null, 1.0, 01.
    if (typeof key.value !== 'string') key.value = key.source ?? String(key.value);
    if (seen.has(key.value)) throw new YamlFault(line, `the key ${String(key.value).slice(0, 60)} occurs twice`);
    seen.add(key.value);
    if (seen.size > mostKeys) throw new YamlFault(line, `a map has more than ${mostKeys} keys`);
  }
}
