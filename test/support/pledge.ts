import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const program = fileURLToPath(new URL('../../dist/bin/pledge.js', import.meta.url));

export interface Ended {
  /** The exit status; null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Run {
  /** What it has printed so far. */
  printed(): string;
  /** What it has complained of so far. */
  complained(): string;
  /** Resolves when it has said that it serves. Throws where it ends before. */
  serves(): Promise<void>;
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
  const printed = () => stdout.join('');
  const complained = () => stderr.join('');
  const said = new Promise<void>((resolve) => {
    child.stdout.on('data', () => {
      if (printed().includes('The tour is in README.md')) resolve();
    });
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => {
      resolve({ code, stdout: printed(), stderr: complained() });
    });
  });
  const endedBefore = ({ code, stderr }: Ended) => {
    throw new Error(`it ended with ${code ?? 'a signal'} before it served: ${stderr}`);
  };
  return {
    printed,
    complained,
    serves: () => Promise.race([said, ended.then(endedBefore)]),
    kill: (signal) => child.kill(signal),
    pid: child.pid,
    ended,
  };
}

export const pledge = (folder: string, args: readonly string[], input?: string, env?: NodeJS.ProcessEnv) =>
  startPledge(folder, args, input, env).ended;

/** Serves from a folder on a port; resolves when all is well. */
export async function servePledge(folder: string, port: number, env: NodeJS.ProcessEnv = {}): Promise<Run> {
  const server = startPledge(folder, ['serve'], '', { ...env, PLEDGE_PORT: String(port) });
  await server.serves();
  for (;;) {
    const health = await fetch(`http://127.0.0.1:${port}/health`);
    if (health.status === 200) return server;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What a server that serves from a folder answers whoever has its development key. */
export async function askPledge(folder: string, port: number, query: string): Promise<unknown> {
  const key = readFileSync(join(folder, 'data/development.key'), 'utf8').trim();
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

/** Opens a ticket whose first response is late already. */
export function lateOpening(id: string): string {
  const about = 'customer: "acme", plan: "pro", type: "productBug", channel: "email", subject: "It broke"';
  const occurredAt = new Date(Date.now() - 10 * 86_400_000).toISOString();
  return `openTicket(input: { id: "${id}", ${about}, occurredAt: "${occurredAt}" }) { __typename }`;
}
