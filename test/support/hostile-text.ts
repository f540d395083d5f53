/**
 * Text that clears a screen, sets a title, begins lines of its own, turns the direction, and has what cannot be seen in it –
 * as it comes from outside.
 */
export const hostile =
  'x\u001b[2J\u001b]0;PWNED\u0007\r\nFORGED 2026-01-01\tby admin\u009b31m\u202eevil\u2066\u200b\u00ad\ufeff\u2028\u{e0041}\u007fy';

/** What a terminal shows of it. */
export const hostileShown =
  'x\\u001b[2J\\u001b]0;PWNED\\u0007\\r\\nFORGED 2026-01-01\\tby admin\\u009b31m\\u202eevil\\u2066\\u200b\\u00ad\\ufeff\\u2028\\udb40\\udc41\\u007fy';

/** The lines of some text that are not what they look like. */
export const linesThatLie = (text: string): readonly string[] =>
  text.split('\n').filter((line) => /[\p{C}\p{Zl}\p{Zp}]/u.test(line) || /^\W*FORGED/.test(line));
