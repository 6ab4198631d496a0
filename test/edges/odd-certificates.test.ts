import { generateKeyPairSync, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { writePem } from '../../src/pki/pem.ts';
import { call } from '../support/call.ts';
import { start } from '../support/instance.ts';

const lengthOf = (length: number) => (length < 0x80 ? Buffer.of(length) : Buffer.of(0x82, length >> 8, length & 0xff));
const tlv = (tag: number, ...parts: Buffer[]) => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content]);
};
const hex = (text: string) => Buffer.from(text, 'hex');

/** A certificate that a client has made for itself, with any value for its common name and any extensions. */
function selfMade(commonName: Buffer, extensions?: Buffer) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const name = tlv(0x30, tlv(0x31, tlv(0x30, hex('0603550403'), commonName)));
  const algorithm = hex('300d06092a864886f70d01010b0500');
  const times = tlv(0x30, tlv(0x17, Buffer.from('200101000000Z')), tlv(0x17, Buffer.from('490101000000Z')));
  const information = tlv(
    0x30,
    ...[tlv(0xa0, hex('020102')), hex('020105'), algorithm, name, times, name],
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions ? [tlv(0xa3, tlv(0x30, extensions))] : []),
  );
  const signature = tlv(0x03, Buffer.of(0), sign('sha256', information, privateKey));
  return {
    cert: writePem('CERTIFICATE', tlv(0x30, information, algorithm, signature)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

const plain = tlv(0x0c, Buffer.from('shop'));
const extension = (oid: string, value: Buffer) => tlv(0x30, hex(oid), tlv(0x04, value));

/** What OpenSSL lets through, though it is no DER or makes no sense. */
const odd: readonly [what: string, commonName: Buffer, extension?: Buffer][] = [
  ['a text in pieces', tlv(0x2c, plain)],
  ['a purpose that is no list', plain, extension('0603551d25', hex('0500'))],
  ['a purpose that breaks off', plain, extension('0603551d25', hex('30'))],
  ['a key usage without bits', plain, extension('0603551d0f', hex('030100'))],
];

test.each(odd)('a certificate that anybody made with %s is refused like any other', async (_, commonName, extra) => {
  const identity = selfMade(commonName, extra);
  const instance = await start({ kyma: '1.0.0' });
  const ca = instance.ca.certificate;
  const { status, text } = await call(`${instance.urls.gateway}/shop/v1/metadata/services`, { ca, ...identity });
  expect([status, text]).toEqual([400, expect.stringContaining('The SSL certificate error')]);
  expect((await call(`${instance.kubernetes.url}/api/v1/namespaces`, { ca, ...identity })).status).toBe(401);
});
