/** The stream that holds the name of the log, after the prefix. No stream of ours is called so, see {@link StreamNames.toServer}. */
const logStream = '~log';

/** A text as a regular expression that matches it alone. */
export const literally = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/**
 * How our streams are called on the server. Where it is shared with other programs all of them have a prefix, by which the
 * server leaves out what is none of ours; else all streams are ours but the server's own, which begin with `$`.
 */
export class StreamNames {
  /** The stream that holds the name of the log. */
  readonly log: string;
  /** A regular expression of the streams of our events, as the server reads it. */
  readonly pattern: string;

  constructor(private readonly prefix = '') {
    this.log = prefix + logStream;
    this.pattern = prefix === '' ? `^(?![$]|${logStream}$)` : `^${literally(prefix)}(?!${logStream}$)`;
  }

  /** Streams may have any name here; on the server none is empty, and those that begin with `$` are its own. */
  toServer(stream: string): string {
    return this.prefix + (/^($|[$~])/.test(stream) ? `~${stream}` : stream);
  }

  fromServer(name: string): string {
    const stream = name.slice(this.prefix.length);
    return stream.startsWith('~') ? stream.slice(1) : stream;
  }

  /** Whether a stream, by its name on the server, has events of ours. */
  isOurs(name: string): boolean {
    if (name === this.log || !name.startsWith(this.prefix)) return false;
    return this.prefix !== '' || !name.startsWith('$');
  }
}
