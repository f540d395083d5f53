/** What a word of the desk must be, to be told after the name of a field. */
export const wordRule = 'must be 1 to 60 characters without control characters';

/** A word of the desk as it came in, outer blanks cut. Undefined where it is none. */
export function wordOf(text: string): string | undefined {
  const word = text.trim();
  return /^[^\p{Cc}\p{Cs}]{1,60}$/u.test(word) ? word : undefined;
}

/** Words with the same key are the same word: case and outer blanks say nothing. */
export const wordKey = (word: string): string => word.trim().normalize('NFC').toUpperCase();
