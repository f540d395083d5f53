import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';

/** What a server shows who it is by, with the file of those who vouch for it. */
export interface Certificate {
  /** PEM. */
  readonly key: string;
  /** PEM. */
  readonly chain: string;
  readonly authorityFile: string;
}

export interface Issuing {
  readonly hosts?: readonly string[];
  readonly from?: Date;
  readonly until?: Date;
}

const day = 86_400_000;

/** Who vouches for the servers of a test: certificates by X.509, so that nothing but Node is needed to make them. */
export class CertificateAuthority {
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  /** PEM, as `tlsCAFile` wants it. */
  readonly file: string;

  constructor(
    folder: string,
    private readonly name = 'Authority of a test',
  ) {
    const basic = extension('551d13', sequence(boolean(true)), true);
    const subject = this.keys.publicKey;
    const own = this.certify({ name, subject, extensions: [basic], from: dayAgo(), until: inDays(30) });
    this.file = join(folder, `${name.replaceAll(' ', '-')}-${randomBytes(4).toString('hex')}.pem`);
    writeFileSync(this.file, pemOf(own));
  }

  issue({ hosts = ['127.0.0.1', 'localhost'], from = dayAgo(), until = inDays(30) }: Issuing = {}): Certificate {
    const { publicKey: subject, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const names = hosts.map((host) =>
      isIP(host) === 4 ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host)),
    );
    const extensions = [extension('551d11', sequence(...names), false)];
    const own = this.certify({ name: hosts[0] ?? '', subject, extensions, from, until });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    return { key, chain: pemOf(own), authorityFile: this.file };
  }

  private certify({
    name,
    subject,
    extensions,
    from,
    until,
  }: Required<Omit<Issuing, 'hosts'>> & {
    readonly name: string;
    readonly subject: KeyObject;
    readonly extensions: readonly Buffer[];
  }): Buffer {
    const ecdsaWithSha256 = sequence(der(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
    const content = sequence(
      der(0xa0, der(0x02, Buffer.from([2]))), // version 3
      der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
      ecdsaWithSha256,
      nameOf(this.name),
      sequence(timeOf(from), timeOf(until)),
      nameOf(name),
      subject.export({ type: 'spki', format: 'der' }),
      der(0xa3, sequence(...extensions)),
    );
    return sequence(content, ecdsaWithSha256, bits(sign('sha256', content, this.keys.privateKey)));
  }
}

const dayAgo = () => new Date(Date.now() - day);
const inDays = (days: number) => new Date(Date.now() + days * day);

/** A value as DER writes it: its tag, its length, its content. */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 128) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const size = Buffer.from(body.length.toString(16).padStart(4, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length]), size, body]);
}

const sequence = (...content: readonly Uint8Array[]) => der(0x30, ...content);
const boolean = (value: boolean) => der(0x01, Buffer.from([value ? 0xff : 0]));
const bits = (bytes: Uint8Array) => der(0x03, Buffer.from([0]), bytes);

/** A name of its common name alone. */
const nameOf = (name: string) =>
  sequence(der(0x31, sequence(der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from(name)))));

const timeOf = (at: Date) =>
  der(
    0x17,
    Buffer.from(
      at
        .toISOString()
        .replace(/[-:T]|\.\d+/g, '')
        .slice(2),
    ),
  );

const extension = (id: string, value: Uint8Array, isCritical: boolean) =>
  sequence(der(0x06, Buffer.from(id, 'hex')), ...(isCritical ? [boolean(true)] : []), der(0x04, value));

const pemOf = (bytes: Uint8Array) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(bytes).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
