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
