import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { partsOf, readDer, writeDer } from '../../src/pki/der.ts';
import { certificateSubject, type DistinguishedName, nameToDer, readName, rfc2253 } from '../../src/pki/subject.ts';
import { temporaryFolder } from '../support/instance.ts';
import { openssl, rsaKey } from '../support/openssl.ts';

const name = (text: string): DistinguishedName =>
  text.split('/').map((part) => {
    const [type = '', value = ''] = part.split('=');
    return [{ type, value }];
  });

test.each([
  ['CN=shop/OU=u/O=o/L=l/ST=s/C=DE', 'C=DE/ST=s/L=l/O=o/OU=u/CN=shop'],
  ['CN=a/CN=b', 'CN=b'],
  ['emailAddress=x/CN=a/UID=u', 'CN=a'],
  ['serialNumber=1/CN=a/postalCode=2/street=3', 'street=3/postalCode=2/CN=a/serialNumber=1'],
  ['', ''],
])('the subject %j becomes %j in a certificate', (requested, written) => {
  expect(certificateSubject(name(requested))).toEqual(written ? name(written) : []);
});

test('several values of a type share a relative name', () => {
  expect(certificateSubject(name('OU=a/CN=x/OU=b'))).toEqual([
    [
      { type: 'OU', value: 'a' },
      { type: 'OU', value: 'b' },
    ],
    [{ type: 'CN', value: 'x' }],
  ]);
});

test.each([
  ['shop', 'CN=shop,C=DE'],
  ['a,b', 'CN=a\\,b,C=DE'],
  ['t;g;a', 'CN=t\\;g\\;a,C=DE'],
  ['say "hi"', 'CN=say \\"hi\\",C=DE'],
  ['café', 'CN=caf\\C3\\A9,C=DE'],
  [' #x ', 'CN=\\ #x\\ ,C=DE'],
  ['#x', 'CN=\\#x,C=DE'],
])('a gateway shows the common name %j escaped', async (value, text) => {
  const subject: DistinguishedName = [[{ type: 'C', value: 'DE' }], [{ type: 'CN', value }]];
  expect(rfc2253(subject)).toBe(text);
  expect(readName(readDer(writeDer(nameToDer(subject))))).toEqual(subject);
});

test('the escaping is that of openssl', async () => {
  const folder = await temporaryFolder();
  const key = join(folder, 'key');
  await writeFile(key, rsaKey());
  const subject = '/C=DE/O=a\\,b\\+c/OU=<x>\\;"y"/CN=käse\\\\brot #1';
  const pem = openssl(['req', '-x509', '-utf8', '-key', key, '-subj', subject, '-days', '1']).toString();
  const parts = partsOf(partsOf(readDer(new X509Certificate(pem).raw))[0]);
  const shown = openssl(['x509', '-noout', '-subject', '-nameopt', 'RFC2253'], pem).toString().trim();
  expect(`subject=${rfc2253(readName(parts[5]))}`).toBe(shown);
});
