import { Readable } from 'node:stream';
import { jest } from '@jest/globals';
import { run } from '../../src/cli/program.js';

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Does what a command does, in this process, with settings of its own. What is piped in it does not know. */
export async function runHere(args: readonly string[], settings: Readonly<Record<string, string>>): Promise<Said> {
  const said = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    jest.spyOn(process[name], 'write').mockImplementation(((text: string | Uint8Array, written?: () => void) => {
      said[name] += String(text);
      if (typeof written === 'function') written();
      return true;
    }) as never),
  );
  const before = process.env;
  process.env = { ...before, ...settings };
  try {
    await run(args);
    return { code: Number(process.exitCode ?? 0), ...said };
  } finally {
    process.exitCode = undefined;
    process.env = before;
    for (const spy of spies) spy.mockRestore();
  }
}

/** One after another: folder and input are this process's. */
let before: Promise<unknown> = Promise.resolve();

/**
 * What `pledge` of support/pledge.ts does in a process of its own, in this one: the same but for signals, pipes that close
 * and errors that nobody catches, and without the seconds that a process takes to start.
 */
export function pledgeHere(
  folder: string,
  args: readonly string[],
  input = '',
  env: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const ended = before.then(async () => {
    const stdin = Readable.from(input === '' ? [] : [Buffer.from(input)]);
    const restores = [
      replace(process, 'stdin', stdin),
      replace(process.stdout, 'isTTY', false),
      replace(process.stderr, 'isTTY', false),
    ];
    const home = process.cwd();
    process.chdir(folder);
    try {
      return await runHere(args, { PLEDGE_DATA: `${folder}/data`, PLEDGE_PORT: '0', ...env });
    } finally {
      process.chdir(home);
      for (const restore of restores) restore();
    }
  });
  before = Promise.allSettled([ended]);
  return ended;
}

/** Gives an object another property for a while; answers what gives it back its own. */
function replace(object: object, name: string, value: unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(object, name);
  Object.defineProperty(object, name, { value, configurable: true, enumerable: true });
  return () => {
    Reflect.deleteProperty(object, name);
    if (own !== undefined) Object.defineProperty(object, name, own);
  };
}
