import { expect, test } from 'vitest';
import { isOutgoingRule, outgoingRules } from '../../src/core/outgoing-rules.ts';
import { parseGoUrl } from '../../src/go/url.ts';
import { originOf } from '../../src/http/client/address.ts';

test.each<[rules: string, host: string, address: string | undefined, allowed: boolean]>([
  // Anything on a developer's machine.
  ['*', 'localhost', '127.0.0.1', true],
  ['*', '10.1.2.3', undefined, true],
  ['*', '[::1]', undefined, true],
  ['*', 'example.com', '93.184.216.34', true],
  ['*', 'example.com', undefined, true],
  // Metadata services, by any way.
  ['*', '169.254.169.254', undefined, false],
  ['*', '169.254.170.2', undefined, false],
  ['*', '100.100.100.200', undefined, false],
  ['*', '168.63.129.16', undefined, false],
  ['*', '[fd00:ec2::254]', undefined, false],
  ['*', '[fd20:ce::254]', undefined, false],
  ['*', '[::ffff:169.254.169.254]', undefined, false],
  ['*', '[::ffff:a9fe:a9fe]', undefined, false],
  ['*', '[::a9fe:a9fe]', undefined, false],
  ['*', '[64:ff9b::a9fe:a9fe]', undefined, false],
  ['*', '[2002:a9fe:a9fe::1]', undefined, false],
  ['*', 'metadata.google.internal', undefined, false],
  ['*', 'Metadata.Google.Internal.', undefined, false],
  ['*', 'innocent.example', '169.254.169.254', false],
  ['*', 'innocent.example', '::ffff:169.254.169.254', false],
  ['*', 'innocent.example', 'fe80::a9fe:a9fe%eth0', false],
  ['', 'innocent.example', '169.254.169.254', false],
  ['innocent.example', 'innocent.example', '169.254.169.254', false],
  ['169.254.0.0/16', '169.254.169.254', undefined, false],
  ['*,metadata', '169.254.169.254', undefined, true],
  ['*,metadata', 'metadata.google.internal', '169.254.169.254', true],
  ['metadata', 'example.com', '93.184.216.34', false],
  ['metadata,!metadata', '169.254.169.254', undefined, false],
  // Names.
  ['shop.example', 'shop.example', '10.0.0.1', true],
  ['shop.example', 'SHOP.example.', '10.0.0.1', true],
  ['shop.example', 'a.shop.example', '10.0.0.1', false],
  ['*.shop.example', 'a.b.shop.example', '10.0.0.1', true],
  ['*.shop.example', 'shop.example', '10.0.0.1', false],
  ['*.shop.example', 'evilshop.example', '10.0.0.1', false],
  ['!shop.example', 'shop.example', undefined, false],
  ['!shop.example', 'other.example', '10.0.0.1', true],
  ['*,!*.example', 'shop.example', undefined, false],
  // Addresses and ranges.
  ['10.0.0.0/8', 'shop.example', '10.200.0.1', true],
  ['10.0.0.0/8', 'shop.example', '11.0.0.1', false],
  ['10.0.0.0/8', '10.9.9.9', undefined, true],
  ['10.0.0.0/8', 'shop.example', '::ffff:10.0.0.1', true],
  ['fd00::/8', '[fd12::1]', undefined, true],
  ['!private', 'shop.example', '192.168.1.1', false],
  ['!private', 'shop.example', 'fe80::1', false],
  ['!private', 'shop.example', '93.184.216.34', true],
  ['!private,!loopback', 'localhost', undefined, false],
  ['!private,!loopback', 'shop.example', '127.0.0.1', false],
  ['!private,!loopback', '0.0.0.0', undefined, false],
  ['!private,!loopback', '[::]', undefined, false],
  ['!private,!loopback', '[::ffff:127.0.0.1]', undefined, false],
  ['!loopback', '[::2]', undefined, true],
  ['loopback', 'localhost', '127.0.0.1', true],
  ['loopback', '[::1]', undefined, true],
  ['loopback', 'shop.example', '10.0.0.1', false],
  ['!*', 'localhost', '127.0.0.1', false],
])('with the rules "%s" a call to %s (%s) is allowed: %j', (rules, host, address, allowed) => {
  expect(outgoingRules(rules.split(',').filter(Boolean)).allows(host, address)).toBe(allowed);
});

test.each([
  'http://2852039166/',
  'http://0xA9FEA9FE/',
  'http://0251.0376.0251.0376/',
  'http://0xa9.254.43518/',
  'http://169.254.169.254./',
  'http://１６９.254.169.254/',
  'http://[::FFFF:169.254.169.254]/',
  'http://[0:0:0:0:0:ffff:a9fe:a9fe]/',
  'https://METADATA.google.internal:8443/computeMetadata/v1',
])('%s is that of a metadata service however it is spelled', (text) => {
  const origin = originOf(parseGoUrl(Buffer.from(text).toString('latin1')));
  expect(outgoingRules(['*']).allows(new URL(origin ?? '').hostname)).toBe(false);
});

test.each([
  ['*', true],
  ['!*', true],
  ['!metadata', true],
  ['shop.example', true],
  ['*.shop.example', true],
  ['10.0.0.0/8', true],
  ['fd00::/8', true],
  ['::1', true],
  ['10.0.0.0/33', false],
  ['10.0.0.0/', false],
  ['fd00::/129', false],
  ['http://shop.example', false],
  ['shop.example:80', false],
  ['a.*.example', false],
  ['!!shop', false],
  ['', false],
  ['!', false],
])('%j is a rule: %j', (text, is) => {
  expect(isOutgoingRule(text)).toBe(is);
});
