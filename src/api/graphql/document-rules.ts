import { GraphQLError, type ValidationRule } from 'graphql';
import { type Limits } from '../limits.js';

/** Why a document is not even parsed; undefined: it may be. */
export function tooLong(document: string, { documentChars, documentLines }: Limits): string | undefined {
  const most = `at most ${documentChars} characters on ${documentLines} lines`;
  if (document.length > documentChars) return `The document has ${document.length} characters; the limit is ${most}.`;
  let lines = 1;
  for (const _ of document.matchAll(/\r\n|\n|\r/g)) lines += 1;
  return lines > documentLines ? `The document has ${lines} lines; the limit is ${most}.` : undefined;
}

/** The code of a document that is too long. */
export const tooLongCode = 'DOCUMENT_TOO_LONG';

/** Refuses names that an answer would repeat in each row, and an error in its message. */
export const nameRule =
  ({ nameChars }: Limits): ValidationRule =>
  (context) => {
    let isTold = false;
    return {
      Name(node) {
        if (isTold || node.value.length <= nameChars) return;
        isTold = true;
        context.reportError(new GraphQLError(`A name has ${node.value.length} letters; the limit is ${nameChars}.`));
      },
    };
  };
