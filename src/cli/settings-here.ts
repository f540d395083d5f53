import { readSettings, type Settings, unknownVariables } from '../config/settings.js';
import { complain } from './print.js';

/**
 * The settings of a command. A variable that is most likely a slip is told to whoever called it, and changes nothing.
 * @throws Rejection `INVALID_SETTING`
 */
export function settingsHere(): Settings {
  complain(...unknownVariables().map((name) => `pledge: UNKNOWN_SETTING: ${noSetting(name)}`));
  return readSettings();
}

/** What is said of a variable that looks like a setting. */
export const noSetting = (name: string): string =>
  `${name} is not a setting and has no effect; docs/settings.md lists all settings.`;
