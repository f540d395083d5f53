/**
 * The server as it is, while somebody does all that they can to it: how long others wait for `/health` and a ticket, who ask
 * ten times a second, and its memory. Beside it, what is the machine's: how long they wait while nobody attacks; how long for a
 * server that does nothing else, at the same moments; and how long the server's main thread worked until it answered, which no
 * other work on the machine makes longer.
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { attacks } from './attacks.mjs';

const mostMs = 250;
const calmMs = 3_000;
const attackMs = 8_000;
/** How long others go on asking when the attacker has gone: the server may still be at what it was asked. */
const afterMs = 2_000;

const path = (file) => fileURLToPath(new URL(file, import.meta.url));
const started = (file, ...given) => {
  const child = fork(path(file), given);
  return { child, first: once(child, 'message') };
};

/** The server as `npm start` has it. */
async function serve(data) {
  const server = spawn(process.execPath, ['--max-semi-space-size=64', path('../../dist/bin/main.js')], {
    env: { ...process.env, PLEDGE_DATA: data, PLEDGE_PORT: '0', PLEDGE_IDENTITY: 'keys' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  server.stderr.on('data', (text) => (said = `${said}${text}`.slice(-2_000)));
  const url = await new Promise((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
    server.stdout.on('data', (text) => {
      const [, at] = /is running on (\S+),/.exec(text) ?? [];
      if (at !== undefined) resolve(at);
    });
  });
  const stop = async () => {
    server.removeAllListeners('exit').kill();
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
  };
  return { url, pid: server.pid, isThere: () => server.exitCode === null && server.signalCode === null, stop };
}

/** The most memory that a process has had, in MiB; where the system says so. */
function peakOf(pid) {
  const [, kiB] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(kiB) / 1024;
}

async function tell(child, message) {
  child.send(message);
  const [answer] = await once(child, 'message');
  return answer;
}

/** What those who look on met, calm and attacked. */
async function suffer(data, keys, idleUrl, { name }) {
  const server = await serve(data);
  const probe = started('probe.mjs', server.url, idleUrl, keys.probe, server.pid);
  try {
    await probe.first;
    while (!(await fetch(`${server.url}/health`)).ok) await sleep(100);
    await sleep(1_000); // the first answers of a server are slow
    probe.child.send('begin');
    await sleep(calmMs);
    const calm = await tell(probe.child, 'end');
    const { child: attacker, first } = started('attacker.mjs', name, server.url, JSON.stringify(keys));
    await first;
    probe.child.send('begin');
    await sleep(attackMs);
    const answers = await tell(attacker, 'stop');
    await sleep(afterMs);
    const attacked = await tell(probe.child, 'end');
    if (!server.isThere()) throw new Error(`${name}: the server has ended`);
    const told = Object.entries(answers).map(([what, count]) => `${what} ×${count}`);
    console.log(`${name}: ${told.join(', ') || 'no answers'}`);
    for (const { wrong } of [calm, attacked]) for (const each of wrong) console.log(`  ${each}`);
    return { calm, attacked, peak: peakOf(server.pid) };
  } finally {
    probe.child.disconnect();
    await server.stop();
  }
}

/** The figures of each attack on a desk, or of those whose names have one of some words. */
export async function underAttack(data, keys, words) {
  const idle = started('idle.mjs');
  const [idleUrl] = await idle.first;
  const figures = [];
  for (const attack of attacks) {
    if (words.length > 0 && !words.some((word) => attack.name.includes(word))) continue;
    const { calm, attacked, peak } = await suffer(data, keys, idleUrl, attack);
    const { health, query, idle: idleMs, worked } = attacked.slowest;
    const slowest = attacked.wrong.length > 0 ? Infinity : Math.max(health, query);
    const figure = (name, value, unit, rest) => figures.push({ name: `${attack.name}: ${name}`, value, unit, ...rest });
    figure('slowest answer', slowest, 'ms', { most: mostMs });
    figure('slowest while nobody attacks', Math.max(calm.slowest.health, calm.slowest.query), 'ms');
    figure('slowest of an idle server meanwhile', idleMs, 'ms');
    figure('most work of the main thread until an answer', worked, 'ms', { most: mostMs });
    figure('memory', peak, 'MiB', { most: attack.mostMiB });
  }
  idle.child.disconnect();
  return figures;
}
