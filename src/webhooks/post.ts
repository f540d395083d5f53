import { Agent, request } from 'undici';
import { type Instant } from '../business-time/calendar.js';
import { type TimeSource } from '../time/time-source.js';
import { retryAfter } from './retry-after.js';
import { expectSoundTarget, guardedLookup, TargetRefused, type TargetRules } from './ssrf-guard.js';

/** What became of one attempt. */
export type PostOutcome = { readonly kind: 'delivered'; readonly status: number } | Failed;

interface Failed {
  readonly kind: 'failed';
  /** Null where there was no answer. */
  readonly status: number | null;
  readonly error: string;
  /** Until when the endpoint asks to be sent nothing; null where it does not. */
  readonly retryAfter: Instant | null;
}

/** An attempt that got no answer. */
export const unanswered = (error: string): Failed => ({ kind: 'failed', status: null, error, retryAfter: null });

export interface Message {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends a message; undefined where the signal aborted it. Never throws. */
export type Post = (message: Message, signal: AbortSignal) => Promise<PostOutcome | undefined>;

/** Sends over connections that are kept for a while. */
export type HttpPost = Post & { readonly close: () => Promise<void> };

/** How long an attempt may take, from the look-up to the end of the answer. */
export const timeoutMs = 15_000;

/** How much of an answer is read, so that its connection may be used again; nothing of it is kept. */
const answerBytes = 16 * 1024;

/** Sends over HTTP to allowed addresses alone, and follows no redirect. */
export function httpPost(rules: TargetRules, time: TimeSource): HttpPost {
  const agentFor = (scheme: 'https:' | 'http:') =>
    new Agent({ connect: { lookup: guardedLookup(scheme, rules), timeout: timeoutMs } });
  const agents = { 'https:': agentFor('https:'), 'http:': agentFor('http:') };
  const send = async ({ url, headers, body }: Message, signal: AbortSignal): Promise<PostOutcome> => {
    const { href, scheme } = expectSoundTarget(url, rules);
    const dispatcher = agents[scheme];
    const answer = await request(href, { method: 'POST', headers, body, dispatcher, signal });
    await answer.body.dump({ limit: answerBytes, signal });
    const status = answer.statusCode;
    if (status >= 200 && status < 300) return { kind: 'delivered', status };
    const error = status >= 300 && status < 400 ? 'it redirects; redirects are not followed' : `it answered ${status}`;
    const header = [answer.headers['retry-after']].flat()[0];
    return { kind: 'failed', status, error, retryAfter: retryAfter(status, header, time.now()) };
  };
  const post: Post = async (message, signal) => {
    const [done, late] = [new AbortController(), new AbortController()];
    void time.sleepUntil(time.now() + timeoutMs, done.signal).then(() => {
      late.abort();
    });
    try {
      return await send(message, AbortSignal.any([signal, late.signal]));
    } catch (error) {
      if (signal.aborted) return undefined;
      if (late.signal.aborted) return unanswered('no answer within 15 s');
      return unanswered(messageOf(error));
    } finally {
      done.abort();
    }
  };
  const close = async () => {
    await Promise.all(Object.values(agents).map((agent) => agent.destroy()));
  };
  return Object.assign(post, { close });
}

/** Why a request failed, in words that say nothing of what was found behind a refused address. */
function messageOf(error: unknown): string {
  if (error instanceof TargetRefused) return error.message;
  const { message, code } = error as { readonly message?: unknown; readonly code?: unknown };
  const text = typeof message === 'string' && message !== '' ? message : String(code);
  return text.slice(0, 200);
}
