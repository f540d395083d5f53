/** What JSON writes longer than it is. */
const escaped = /["\\\u0000-\u001f\ud800-\udfff]/;

/** Texts of so many characters are looked at for what JSON writes longer. */
const longText = 100;

/** Whether a value has more than so many characters as JSON; known before they are written, at a look at each field. */
export const exceeds = (value: unknown, most: number): boolean => left(value, most) < 0;

/** How many of so many characters a value leaves. */
function left(value: unknown, most: number): number {
  switch (typeof value) {
    case 'string':
      return most - (value.length > longText && escaped.test(value) ? JSON.stringify(value).length : value.length + 2);
    case 'object': {
      if (value === null) return most - 4;
      let rest = most - 2;
      if (Array.isArray(value)) {
        for (let n = 0; n < value.length && rest >= 0; n++) rest = left(value[n], rest) - 1;
        return rest;
      }
      for (const name in value) {
        rest = left((value as Record<string, unknown>)[name], rest) - name.length - 4;
        if (rest < 0) break;
      }
      return rest;
    }
    default:
      return most - 5;
  }
}

export const answerTooLarge = {
  code: 'ANSWER_TOO_LARGE',
  message: 'The answer is too large: ask for fewer rows or fields. What a mutation changed stays changed.',
};
