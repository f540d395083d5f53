import { readFileSync } from 'node:fs';

/**
 * The threats on the page, as the first cell has them without their kind, each with the tests that its row names.
 * @param {string} [file] where the page is
 */
export function threatsOf(file = 'SECURITY.md') {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => /^\| \*\*[STRIDE]\*\* /.test(line))
    .map((line) => ({ threat: line.split(' | ')[0].replace(/^\| \*\*[STRIDE]\*\* /, ''), tests: testsIn(line) }));
}

/** The tests that a text names, each once: the file, and the title as it stands there. */
export const testsIn = (text) =>
  [
    ...new Map(
      [...text.matchAll(/`(test\/[\w/.-]+\.test\.ts)`: "([^"]+)"/g)].map((found) => [found[0], found]),
    ).values(),
  ].map(([, file, title]) => ({ file, title }));

/** What matches a title as Jest shows it, with a value wherever the title leaves room for one. */
export const patternOf = (title) =>
  new RegExp(
    `^${title
      .split(/%[a-z#]|\$\w+/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    's',
  );
