import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { httpPost, type PostOutcome } from '../../src/webhooks/post.js';
import { type Address, expectTarget, type Lookup } from '../../src/webhooks/ssrf-guard.js';
import { ManualClock } from '../support/manual-clock.js';
import { receiver, type Receiver } from '../support/receiver.js';

const at = (...addresses: readonly string[]): readonly Address[] =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

/** What DNS says in a test: a name has the addresses listed for it. */
const dns =
  (names: Readonly<Record<string, readonly string[]>>): Lookup =>
  (name) =>
    name in names ? Promise.resolve(at(...(names[name] ?? []))) : Promise.reject(new Error('ENOTFOUND'));

const publicly = { allowsPrivate: false, lookup: dns({ 'hooks.example': ['93.184.215.14', '2606:2800:21f::1'] }) };
const privately = { ...publicly, allowsPrivate: true };
const refused = (url: string, rules = publicly) => expect(expectTarget(url, rules)).rejects;

describe('a target of webhooks', () => {
  it.each([
    'https://hooks.example/in?x=1',
    'https://hooks.example:8443',
    'https://1.1.1.1/',
    'https://[2606:4700::1111]/',
  ])('may be public, by HTTPS: %s', async (url) => {
    await expect(expectTarget(url, publicly)).resolves.toBe(new URL(url).href);
  });

  it.each([
    ['backslashes', 'https://1.1.1.1\\@127.0.0.1/', 'https://1.1.1.1/@127.0.0.1/'],
    ['no slashes', 'https:1.1.1.1', 'https://1.1.1.1/'],
    ['line ends and tabs within', 'ht\ttps://1.1.1.1/a\r\nb', 'https://1.1.1.1/ab'],
    ['blanks around', ' https://1.1.1.1/ ', 'https://1.1.1.1/'],
    ['an address as one number', 'https://16843009/', 'https://1.1.1.1/'],
    ['an address in hexadecimal and octal', 'https://0x1.01.1.1/', 'https://1.1.1.1/'],
    ['a dot after an address', 'https://1.1.1.1./', 'https://1.1.1.1/'],
    ['letters that look like others', 'https://\uff11.1.1.1/', 'https://1.1.1.1/'],
    ['capitals', 'HTTPS://HOOKS.example/', 'https://hooks.example/'],
    ['no name before its @', 'https://:@hooks.example/', 'https://hooks.example/'],
    ['dots in its path', 'https://hooks.example/a/%2e%2e/b', 'https://hooks.example/b'],
    ['the port that is meant anyway', 'https://hooks.example:443/', 'https://hooks.example/'],
  ])('is kept as a browser reads it where it has %s', async (_, url, kept) => {
    await expect(expectTarget(url, publicly)).resolves.toBe(kept);
  });

  it.each([
    ['loopback', 'https://127.0.0.1/'],
    ['loopback as one number', 'https://2130706433/'],
    ['loopback in hexadecimal', 'https://0x7f.1/'],
    ['loopback in octal', 'https://0177.0.0.1/'],
    ['loopback in IPv6', 'https://[::1]/'],
    ['IPv4 mapped into IPv6', 'https://[::ffff:127.0.0.1]/'],
    ['IPv4 mapped into IPv6, private', 'https://[::ffff:a00:1]/'],
    ['IPv4-compatible IPv6', 'https://[::127.0.0.1]/'],
    ['NAT64 of a private address', 'https://[64:ff9b::10.0.0.1]/'],
    ['6to4 of a private address', 'https://[2002:a00:1::]/'],
    ['Teredo', 'https://[2001::1]/'],
    ['private, 10/8', 'https://10.1.2.3/'],
    ['private, 172.16/12', 'https://172.31.255.255/'],
    ['private, 192.168/16', 'https://192.168.1.1/'],
    ['carrier-grade NAT', 'https://100.64.0.1/'],
    ['link-local', 'https://169.254.1.1/'],
    ['link-local in IPv6', 'https://[fe80::1]/'],
    ['the metadata of clouds', 'https://169.254.169.254/latest/meta-data/'],
    ['the metadata of clouds in IPv6', 'https://[fd00:ec2::254]/'],
    ['unique-local', 'https://[fd12:3456::1]/'],
    ['site-local', 'https://[fec0::1]/'],
    ['unspecified', 'https://0.0.0.0/'],
    ['unspecified in IPv6', 'https://[::]/'],
    ['this network', 'https://0.1.2.3/'],
    ['broadcast', 'https://255.255.255.255/'],
    ['multicast', 'https://224.0.0.1/'],
    ['multicast in IPv6', 'https://[ff02::1]/'],
    ['documentation', 'https://192.0.2.1/'],
    ['benchmarking', 'https://198.18.0.1/'],
    ['reserved', 'https://240.0.0.1/'],
  ])('is refused where its address is %s', async (_, url) => {
    await refused(url).toMatchObject({ code: 'WEBHOOK_TARGET_REFUSED' });
  });

  it.each([
    [
      'any address of its name is private',
      'https://inside.example/',
      { 'inside.example': ['93.184.215.14', '10.0.0.1'] },
    ],
    ['its name is of this machine', 'https://localhost/', { localhost: ['127.0.0.1', '::1'] }],
    ['its name has no address', 'https://nowhere.example/', {}],
  ])('is refused where %s', async (_, url, names) => {
    await refused(url, { allowsPrivate: false, lookup: dns(names) }).toMatchObject({ code: 'WEBHOOK_TARGET_REFUSED' });
  });

  it.each([
    ['HTTP', 'http://hooks.example/'],
    ['of another scheme', 'ftp://hooks.example/'],
    ['a file', 'file:///etc/passwd'],
    ['no URL', 'hooks.example'],
    ['with a password in it', 'https://me:secret@hooks.example/'],
    ['with a name in it', 'https://me@hooks.example/'],
    ['with a fragment', 'https://hooks.example/#in'],
    ['with an empty fragment', 'https://hooks.example/#'],
    ['at port 0', 'https://hooks.example:0/'],
    ['of a port that is none', 'https://hooks.example:65536/'],
    ['of a host that is none', 'https://1.2.3.4.5/'],
  ])('is refused where it is %s', async (_, url) => {
    await refused(url).toMatchObject({ code: 'WEBHOOK_TARGET_REFUSED' });
  });

  describe('with the setting that allows private ones', () => {
    it.each([
      'https://10.0.0.1/',
      'http://127.0.0.1:8080/',
      'http://[::1]/',
      'http://[fd12::1]/',
      'https://100.64.0.1/',
      'http://[fd12::a00:1]/',
    ])('may be %s', async (url) => {
      await expect(expectTarget(url, privately)).resolves.toBe(url);
    });

    it.each([
      ['the metadata of clouds', 'http://169.254.169.254/latest/meta-data/'],
      ['the metadata of clouds as one number', 'http://2852039166/'],
      ['the metadata of AWS in IPv6', 'http://[fd00:ec2::254]/'],
      ["the credentials of AWS's containers", 'http://169.254.170.2/'],
      ["the credentials of AWS's containers in IPv6", 'http://[fd00:ec2::23]/'],
      ['the metadata of Google in IPv6', 'http://[fd20:ce::254]/'],
      ['the metadata of Oracle in IPv6', 'http://[fd00:c1::a9fe:a9fe]/'],
      ['the metadata of Scaleway in IPv6', 'http://[fd00:42::42]/'],
      ['the metadata of Alibaba', 'http://100.100.100.200/'],
      ['the metadata of Alibaba in hexadecimal', 'http://0x646464c8/'],
      ['the metadata of Alibaba, mapped into IPv6', 'http://[::ffff:100.100.100.200]/'],
      ['the metadata of Alibaba, by NAT64', 'http://[64:ff9b::100.100.100.200]/'],
      ["the metadata of Alibaba, by a NAT64 of one's own", 'http://[fd12:64::100.100.100.200]/'],
      ["the metadata of clouds, by a NAT64 of one's own", 'http://[fd12:64::169.254.169.254]/'],
      ['the metadata of clouds, by a public NAT64', 'https://[2a00:64::169.254.169.254]/'],
      ['the metadata of clouds, by 6to4', 'http://[2002:a9fe:a9fe::]/'],
      ['the metadata of clouds, by ISATAP', 'http://[fd12::5efe:169.254.169.254]/'],
      ['the wire server of Azure', 'https://168.63.129.16/'],
      ['the wire server of Azure by HTTP', 'http://168.63.129.16/'],
      ['link-local', 'http://169.254.1.1/'],
      ['link-local in IPv6', 'http://[fe80::1]/'],
      ['multicast', 'https://224.0.0.1/'],
      ['unspecified', 'http://0.0.0.0/'],
      ['public by HTTP', 'http://1.1.1.1/'],
      ['a public name by HTTP', 'http://hooks.example/'],
    ])('may still not be %s', async (_, url) => {
      await refused(url, privately).toMatchObject({ code: 'WEBHOOK_TARGET_REFUSED' });
    });
  });
});

describe('a message to a webhook', () => {
  let there: Receiver;
  beforeEach(async () => {
    there = await receiver();
  });
  afterEach(() => there.close());

  async function post(url: string, rules: Parameters<typeof httpPost>[0]): Promise<PostOutcome | undefined> {
    const send = httpPost(rules, new ManualClock(0));
    const body = '{"data":{}}';
    const outcome = await send({ url, headers: {}, body }, new AbortController().signal);
    await send.close();
    return outcome;
  }

  it('does not connect if a public name has become private: the answer of DNS at the connection counts', async () => {
    let turned = false;
    const lookup: Lookup = () => Promise.resolve(turned ? at('127.0.0.1') : at('93.184.215.14'));
    const url = `https://rebound.example:${there.port}/`;
    await expectTarget(url, { allowsPrivate: false, lookup });
    turned = true;
    expect(await post(url, { allowsPrivate: false, lookup })).toMatchObject({
      kind: 'failed',
      error: expect.stringContaining('127.0.0.1 is not a public address') as unknown,
    });
    expect(there.received).toEqual([]);
  });

  it('does not connect if one of the addresses is refused', async () => {
    const lookup = dns({ 'mixed.example': ['127.0.0.1', '169.254.169.254'] });
    const outcome = await post(`http://mixed.example:${there.port}/`, { allowsPrivate: true, lookup });
    expect(outcome).toMatchObject({ kind: 'failed', error: expect.stringContaining('169.254.169.254') as unknown });
    expect(there.received).toEqual([]);
  });

  it.each(['fd00:ec2::254', '100.100.100.200', '::ffff:100.100.100.200', 'fe80::1%1'])(
    'connects to nobody where its name leads to the metadata of a cloud, private networks allowed or not: %s',
    async (address) => {
      const lookup = dns({ 'inside.example': [address] });
      const outcome = await post(`http://inside.example:${there.port}/`, { allowsPrivate: true, lookup });
      expect(outcome).toMatchObject({ kind: 'failed', error: expect.stringContaining(address) as unknown });
      expect(there.received).toEqual([]);
    },
  );

  it('does not connect if the address in the URL is no longer allowed', async () => {
    expect(await post(`https://127.0.0.1:${there.port}/`, publicly)).toMatchObject({
      kind: 'failed',
      error: expect.stringContaining('127.0.0.1 is not a public address') as unknown,
    });
    expect(there.received).toEqual([]);
  });

  it('goes to where its name leads, asked for once a connection', async () => {
    const lookup = dns({ 'inside.example': ['127.0.0.1'] });
    const outcome = await post(`http://inside.example:${there.port}/in`, { allowsPrivate: true, lookup });
    expect(outcome).toEqual({ kind: 'delivered', status: 200 });
    expect(there.received[0]).toMatchObject({ path: '/in', headers: { host: `inside.example:${there.port}` } });
  });
});
