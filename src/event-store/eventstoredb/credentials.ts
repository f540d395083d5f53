import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { type ConnectionUrl, invalidUrl } from './connection-url.js';

/** Files with what a connection string need not say. */
export interface SecretFiles {
  /** The password of the user whom the connection string names. */
  readonly passwordFile?: string | undefined;
  /** The certificates of those who vouch for the server, as PEM. */
  readonly caFile?: string | undefined;
}

/** Of some files those with what a connection string leaves out. */
export const missingIn = (
  { username, password, caFile: own }: ConnectionUrl,
  { passwordFile, caFile }: SecretFiles,
): SecretFiles => ({
  ...(username !== undefined && password === undefined ? { passwordFile } : {}),
  ...(own === undefined ? { caFile } : {}),
});

/** What the client shows the server, and by whom it knows it. Files are read again, for passwords and authorities change. */
export class Credentials {
  private readonly passwordFile: string | undefined;
  private readonly caFile: string | undefined;
  private header: string | undefined;
  private vouching: Buffer | undefined;

  /** @throws Rejection `INVALID_EVENT_STORE_URL` where a file cannot be read, or is not what it should be */
  constructor(
    private readonly url: ConnectionUrl,
    { passwordFile, caFile }: SecretFiles = {},
  ) {
    this.passwordFile = passwordFile;
    this.caFile = caFile ?? url.caFile;
    if (passwordFile !== undefined && url.username === undefined)
      throw invalidUrl('EVENT_STORE_PASSWORD_FILE is set, but it names no user');
    if (passwordFile === undefined && url.username !== undefined && url.password === undefined)
      throw invalidUrl('it names a user but no password, and EVENT_STORE_PASSWORD_FILE is not set');
    this.header = this.readHeader();
    this.vouching = this.readAuthorities();
    const [cert, key] = [this.certificate(), this.key()];
    try {
      if (cert !== undefined && key !== undefined) createSecureContext({ cert, key });
    } catch {
      throw invalidUrl('userCertFile and userKeyFile must be a certificate and its key');
    }
  }

  /** Who asks, as the server is told it; nobody over a connection that others could listen to. */
  get authorization(): string | undefined {
    return this.url.isSecure ? this.header : undefined;
  }

  /** Reads the password again, where it can be; says whether it is another. */
  readAgain(): boolean {
    const header = ifRead(() => this.readHeader(), this.header);
    const isOther = header !== this.header;
    this.header = header;
    return isOther;
  }

  /** The certificates of those who vouch for the server; undefined for those whom everybody believes. */
  authorities(): Buffer | undefined {
    return (this.vouching = ifRead(() => this.readAuthorities(), this.vouching));
  }

  private readHeader(): string | undefined {
    const { passwordFile } = this;
    const { username } = this.url;
    if (username === undefined) return undefined;
    const password =
      passwordFile === undefined
        ? this.url.password
        : fileOf(passwordFile, 'EVENT_STORE_PASSWORD_FILE')
            .toString('utf8')
            .replace(/\r?\n$/, '');
    if (password === undefined || password === '') throw invalidUrl('the file of EVENT_STORE_PASSWORD_FILE is empty');
    return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }

  private readAuthorities(): Buffer | undefined {
    if (this.caFile === undefined || !this.url.isSecure) return undefined;
    const pem = fileOf(this.caFile, 'tlsCAFile or EVENT_STORE_CA_FILE');
    // A connection would pass over what is not one in silence, and nobody would be believed.
    const certificates = pem.toString('latin1').match(/-----BEGIN [^]*?-----END [^\n]*/g) ?? ['none'];
    try {
      for (const certificate of certificates) new X509Certificate(certificate);
    } catch {
      throw invalidUrl(
        'the file of tlsCAFile or EVENT_STORE_CA_FILE must contain certificates in PEM, and nothing else',
      );
    }
    return pem;
  }

  certificate(): Buffer | undefined {
    const { certificateFile } = this.url;
    return certificateFile === undefined ? undefined : fileOf(certificateFile, 'userCertFile');
  }

  key(): Buffer | undefined {
    const { keyFile } = this.url;
    return keyFile === undefined ? undefined : fileOf(keyFile, 'userKeyFile');
  }
}

/** What a file says; while it is being written anew, what it said last. */
function ifRead<Read>(read: () => Read, last: Read): Read {
  try {
    return read();
  } catch {
    return last;
  }
}

function fileOf(path: string, setting: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw invalidUrl(`the file of ${setting} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}
