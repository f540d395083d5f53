import { type ChildProcess, spawn } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';

/** A command that a page shows, and what it shows to be printed. */
export interface Step {
  /** Undefined where a block shows what a command before it prints later on. */
  readonly command: string | undefined;
  readonly prints: readonly string[];
}

/** What the `console` blocks of a page show, in order: commands after `$ `, and what they print. */
export function stepsIn(markdown: string): readonly Step[] {
  return [...markdown.matchAll(/^```console\n(.*?)^```$/gms)].flatMap(([, block = '']) => {
    const [later, ...commands] = block.split(/^\$ /m).map((part) => part.split('\n').filter((line) => line !== ''));
    const steps = commands.map(([command, ...prints]) => ({ command, prints }));
    return later === undefined || later.length === 0 ? steps : [{ command: undefined, prints: later }, ...steps];
  });
}

/** What a program prints, as it comes. */
class Printed {
  private text = '';
  private readonly waiting = new Set<() => void>();

  constructor(private readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.text += text;
      for (const look of this.waiting) look();
    });
    child.once('close', () => {
      for (const look of this.waiting) look();
    });
  }

  /** Ends the program, and what it started, as Ctrl-C does. */
  async stop(): Promise<void> {
    const { pid, exitCode } = this.child;
    if (pid === undefined || exitCode !== null) return;
    const closed = new Promise((resolve) => this.child.once('close', resolve));
    process.kill(-pid, 'SIGINT');
    await closed;
  }

  /** Takes all that is printed up to a text, and that too; what follows is for the next to take. */
  until(end: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const at = this.text.indexOf(end);
        if (at < 0 && this.child.exitCode === null) return;
        this.waiting.delete(look);
        if (at < 0) reject(new Error(`it ended with ${this.child.exitCode ?? '?'} before "${end}": ${this.text}`));
        const taken = this.text.slice(0, at + end.length);
        this.text = this.text.slice(at + end.length);
        resolve(taken);
      };
      this.waiting.add(look);
      look();
    });
  }
}

/** A shell in a folder, and the programs left running beside it. */
export class Terminal {
  private readonly children: ChildProcess[] = [];
  private readonly shell: ChildProcess;
  private readonly printed: Printed;

  constructor(
    private readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {
    this.shell = this.spawn(['--norc']);
    this.printed = new Printed(this.shell);
  }

  /** What a command prints, by line; its errors are the test's. */
  async run(command: string): Promise<readonly string[]> {
    const end = '--- done ---';
    this.shell.stdin?.write(`${command}\nprintf '%s\\n' '${end}'\n`);
    const lines = (await this.printed.until(`${end}\n`)).split('\n').slice(0, -2);
    return lines.filter((line) => line !== '');
  }

  /** Starts a program that goes on beside the shell. */
  start(command: string): Printed {
    return new Printed(this.spawn(['-c', command]));
  }

  /** Ends the shell and all that was started, with what those started. */
  async end(): Promise<void> {
    await Promise.all(
      this.children.map(async (child) => {
        if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
        const closed = new Promise((resolve) => child.once('close', resolve));
        process.kill(-child.pid, 'SIGTERM');
        await closed;
      }),
    );
  }

  private spawn(args: readonly string[]): ChildProcess {
    const child = spawn('bash', args, {
      cwd: this.folder,
      detached: true, // a group of its own, to be ended as one
      env: { ...process.env, ...this.env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.children.push(child);
    return child;
  }
}

/** A port that nobody listens on. */
export const freePort = () =>
  new Promise<number>((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        done(port);
      });
    });
  });
