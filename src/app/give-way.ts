import { constants, platform, setPriority } from 'node:os';

/** Has the main thread, which serves whoever waits, go before this one. On Linux a thread has a priority of its own. */
export function giveWay(): void {
  if (platform() === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
}
