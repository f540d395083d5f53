import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type WireServer } from './wire-server.js';

/** A request that a script makes of the server. */
interface Request {
  readonly url: URL;
  readonly user: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Notes what it is called with: each argument, and the end of each call. */
const noting = `#!/bin/sh
for given in "$@"; do printf '%s\\036' "$given"; done >> "$CALLS"
printf '\\035' >> "$CALLS"
`;

/** Runs a script for the shell, with \`curl\` noting what it is asked in place of asking. */
export function requestsOf(script: string, folder: string): readonly Request[] {
  const programs = join(folder, 'programs');
  const calls = join(folder, 'calls');
  mkdirSync(programs);
  writeFileSync(join(programs, 'curl'), noting);
  writeFileSync(join(programs, 'uuidgen'), '#!/bin/sh\necho 7a4b3f5e-4f0e-4a63-9d1c-1f0f6d2d3c11\n');
  for (const name of ['curl', 'uuidgen']) chmodSync(join(programs, name), 0o755);
  writeFileSync(calls, '');
  execFileSync('sh', ['-euc', script], {
    env: { ...process.env, PATH: `${programs}:${process.env['PATH'] ?? ''}`, CALLS: calls },
    stdio: 'pipe',
  });
  const each = readFileSync(calls, 'utf8').split('\x1d').slice(0, -1);
  return each.map((call) => requestOf(call.split('\x1e').slice(0, -1)));
}

/** What one call of curl asks; nothing is taken that is not known here. */
function requestOf(given: readonly string[]): Request {
  const headers = new Map<string, string>();
  let [user, body, url] = ['', '', ''];
  const left = [...given];
  for (let one = left.shift(); one !== undefined; one = left.shift()) {
    if (one === '-fsS') continue;
    if (one === '--cacert') left.shift();
    else if (one === '-u') user = left.shift() ?? '';
    else if (one === '-d') body = left.shift() ?? '';
    else if (one === '-H') {
      const [, name = '', value = ''] = /^([^:]+): *(.*)$/.exec(left.shift() ?? '') ?? [];
      headers.set(name.toLowerCase(), value);
    } else if (one.startsWith('https://')) url = one;
    else throw new Error(`curl is given ${one}`);
  }
  return { url: new URL(url), user, headers, body };
}

/** Settings of a server that say what it serves over HTTP. */
interface Served {
  /** Whether there are paths under `/streams/`; by default there are none. */
  readonly enableAtomPubOverHttp?: boolean;
}

/** Does on a server of tests what an admin asks over HTTP, as strictly as the real one. */
export function ask(
  server: WireServer,
  { url, user, headers, body }: Request,
  { enableAtomPubOverHttp = false }: Served = {},
): void {
  if (url.pathname.startsWith('/streams/') && !enableAtomPubOverHttp) throw new Error('404');
  const [name = '', password = ''] = user.split(':');
  if (server.rights.users?.get(name)?.password !== password || name !== 'admin') throw new Error('401');
  if (headers.get('content-type') !== 'application/json') throw new Error('415');
  const said = JSON.parse(body) as Record<string, unknown>;
  if (url.pathname === '/users/') {
    const { loginName, fullName, password: own, groups } = said;
    if (typeof loginName !== 'string' || typeof own !== 'string' || fullName === undefined) throw new Error('400');
    server.rights.users.set(loginName, { password: own, groups: groups as readonly string[] });
    return;
  }
  const [, stream = '', metadata] = /^\/streams\/([^/]+)(\/metadata)?$/.exec(url.pathname) ?? [];
  if (stream === '' || !/^[\da-f-]{36}$/.test(headers.get('es-eventid') ?? '')) throw new Error('400');
  const type = metadata === undefined ? headers.get('es-eventtype') : '$metadata';
  if (type === undefined) throw new Error('400');
  const decoded = decodeURIComponent(stream);
  server.write(metadata === undefined ? decoded : `$$${decoded}`, type, said);
}
