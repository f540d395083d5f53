import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../dist/cli/pledge.js', import.meta.url));

export interface Ended {
  /** The exit status; null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Run {
  /** What it has printed so far. */
  printed(): string;
  kill(signal: NodeJS.Signals): void;
  readonly pid: number | undefined;
  readonly ended: Promise<Ended>;
}

/** Starts the `pledge` command as built, in a folder of its own. */
export function startPledge(folder: string, args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}): Run {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: { ...process.env, PLEDGE_DATA: `${folder}/data`, PLEDGE_PORT: '0', ...env },
  });
  const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => {
    const said: string[] = [];
    stream.setEncoding('utf8').on('data', (text: string) => said.push(text));
    return said;
  }) as [string[], string[]];
  child.stdin.on('error', () => undefined).end(input);
  return {
    printed: () => stdout.join(''),
    kill: (signal) => child.kill(signal),
    pid: child.pid,
    ended: new Promise((resolve) => {
      child.once('close', (code) => {
        resolve({ code, stdout: stdout.join(''), stderr: stderr.join('') });
      });
    }),
  };
}

export const pledge = (folder: string, args: readonly string[], input?: string, env?: NodeJS.ProcessEnv) =>
  startPledge(folder, args, input, env).ended;
