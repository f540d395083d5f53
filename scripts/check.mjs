/**
 * `npm run check`: types and lint, format, import rules, and whether what is generated is current. Each is a script of package.json
 * of its own; here they run beside each other, one for each core. What one prints is shown when it ends.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** The longest first; `after` names what has to have ended well before. */
const checks = [
  { name: 'lint' },
  { name: 'build' },
  { name: 'format' },
  { name: 'imports' },
  { name: 'schema:compare', after: 'build' },
  { name: 'events:compare', after: 'build' },
];

/** Whether each that has ended has ended well. */
const ended = new Map();
const waiting = [...checks];
let running = 0;

/** Starts what may begin, as long as there are cores; again when one ends. */
function startNext() {
  while (running < availableParallelism()) {
    const next = waiting.findIndex(({ after }) => after === undefined || ended.get(after) === true);
    if (next < 0) break;
    const [{ name }] = waiting.splice(next, 1);
    running += 1;
    start(name);
  }
  if (running > 0) return;
  for (const { name, after } of waiting) console.log(`FAIL ${name}: it needs ${after}`);
  if (checks.some(({ name }) => ended.get(name) !== true)) process.exitCode = 1;
}

function start(name) {
  const began = performance.now();
  const child = spawn('npm', ['run', '--silent', name], { stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => printed.push(bytes));
  child.once('close', (code) => {
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
    process.stdout.write(Buffer.concat(printed));
    ended.set(name, code === 0);
    running -= 1;
    startNext();
  });
}

startNext();
