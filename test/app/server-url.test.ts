import { expect, it } from '@jest/globals';
import { serverUrl } from '../../src/app/server-url.js';

it.each([
  ['127.0.0.1', 'IPv4', 'http://127.0.0.1:3000'],
  ['0.0.0.0', 'IPv4', 'http://127.0.0.1:3000'],
  ['::', 'IPv6', 'http://[::1]:3000'],
  ['fe80::1', 'IPv6', 'http://[fe80::1]:3000'],
])('a server on %s is called by a URL', (address, family, url) => {
  expect(serverUrl({ address, family, port: 3000 })).toBe(url);
});
