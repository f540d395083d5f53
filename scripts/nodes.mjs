/**
 * Pledge on newer releases of Node than the oldest that it supports. For each: a fresh clone of the last commit, `npm ci` where
 * no compiler is found, `npm start`, `/health`, and then the whole suite; with `--part`, the tests of native modules, threads,
 * WebSockets and the command line. `npm run test:nodes -- 24` takes one release alone.
 */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

/** The newest of each supported line, with the npm of that line. */
const releases = [
  { node: '22.23.3', npm: '10.9.4' },
  { node: '24.21.0', npm: '11.19.1' },
  { node: '26.10.0', npm: '12.2.2' },
];

/** Files of the suite that find a Node on which a native module, a thread, a socket or the command line fails. */
const part = [
  'storage/disk-set',
  'event-sourcing/projection-runner',
  'app/read-threads',
  'e2e/threads',
  'feed/slow-client',
  'security/batching-socket',
  'cli/keys',
  'cli/development-key',
];

/** What `npm ci` may find in its PATH beside Node and npm; no compiler and no Python. */
const shell = ['sh', 'git'];

const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));

const runFile = promisify(execFile);

/** Installs a release of Node and its npm from the registry; answers the folder that stands for them in a PATH. */
async function install({ node, npm }, folder) {
  mkdirSync(folder);
  const packages = [`node@${node}`, `npm@${npm}`];
  // Node's package chooses its binary for this machine in an install script.
  const options = ['--no-audit', '--no-fund', '--no-save', '--prefix', folder];
  await runFile('npm', ['install', ...options, ...packages], { env: inherited });
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync(join(folder, 'node_modules/node/bin/node'), join(bin, 'node'));
  for (const name of ['npm', 'npx']) symlinkSync(join(folder, `node_modules/npm/bin/${name}-cli.js`), join(bin, name));
  for (const name of shell) {
    symlinkSync(execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(), join(bin, name));
  }
  return bin;
}

/** A port that nobody listens on. */
const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

/** Starts the server as the README says, and asks how it is. Throws where it ends, or is not well. */
async function expectHealthy(clone, env) {
  const port = String(await freePort());
  const server = spawn('npm', ['start'], {
    cwd: clone,
    env: { ...env, PLEDGE_PORT: port, PLEDGE_DATA: join(clone, 'data') },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  try {
    await new Promise((serves, fails) => {
      server.once('close', (code) => fails(new Error(`npm start ended with ${code}`)));
      server.stdout.setEncoding('utf8').on('data', (text) => {
        if (text.includes('The tour is in README.md')) serves();
      });
    });
    // Right after the start it may still be building its read models.
    const latest = Date.now() + 60_000;
    for (;;) {
      const { status } = await fetch(`http://127.0.0.1:${port}/health`);
      if (status === 200) return;
      if (Date.now() > latest) throw new Error(`/health still answers ${status}`);
      await setTimeout(100);
    }
  } finally {
    if (server.exitCode === null) {
      process.kill(-server.pid, 'SIGTERM');
      await new Promise((ended) => server.once('close', ended));
    }
  }
}

/** A fresh clone with what `npm ci` brings it, by a release and nothing else; answers it, with the folder of the release. */
async function installed(release, folder) {
  const bin = await install(release, folder);
  const clone = join(folder, 'pledge');
  await runFile('git', ['clone', '--quiet', '.', clone]);
  const options = { cwd: clone, env: { ...inherited, PATH: bin }, maxBuffer: 2 ** 26 };
  await runFile(join(bin, 'npm'), ['ci', '--no-audit', '--no-fund'], options);
  return { bin, clone };
}

async function tryOn(release, { bin, clone }, files) {
  console.log(`\nNode ${release.node}, npm ${release.npm}`);
  const env = { ...inherited, PATH: `${bin}:${process.env.PATH}` };
  await expectHealthy(clone, env);
  console.log('npm ci, npm start and /health: as they should be');
  const options = files.length > 0 ? ['--', '--selectProjects', 'sqlite', '--testPathPatterns', ...files] : [];
  execFileSync('npm', ['run', '--silent', 'jest', ...options], {
    ...{ cwd: clone, env, stdio: ['ignore', 'inherit', 'inherit'] },
  });
}

const asked = process.argv.slice(2);
const lines = asked.filter((argument) => /^\d+$/.test(argument));
const chosen = releases.filter(({ node }) => lines.length === 0 || lines.includes(node.split('.')[0]));
const files = asked.includes('--part') ? part.map((name) => `test/${name}`) : [];
const folder = mkdtempSync(join(resolve(tmpdir()), 'pledge-nodes-'));
const failed = [];
try {
  // All at once, since they mostly wait for the registry; what is then run is run alone.
  const places = chosen.map((release) => installed(release, join(folder, release.node)));
  for (const place of places) place.catch(() => undefined); // told below
  for (const [n, release] of chosen.entries()) {
    try {
      await tryOn(release, await places[n], files);
    } catch (error) {
      console.error(`Node ${release.node}: ${error.message}`);
      failed.push(release.node);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (failed.length > 0) process.exitCode = 1;
console.log(
  failed.length > 0 ? `Failed on ${failed.join(', ')}.` : `Passed on ${chosen.map(({ node }) => node).join(', ')}.`,
);
