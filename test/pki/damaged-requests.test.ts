import { expect, test } from 'vitest';
import { Signer } from '../../src/connector/signing.ts';
import { systemClock } from '../../src/core/clock.ts';
import { systemRandom } from '../../src/core/random.ts';
import { KymaError } from '../../src/kyma/errors.ts';
import { createAuthority, readAuthority } from '../../src/pki/authority.ts';
import { readSigningRequest, SigningRequestError } from '../../src/pki/signing-request.ts';
import { valuesOf } from '../../src/pki/subject.ts';
import { damagedBytes, damagedValues, type Pick, seededPick } from '../support/der-mutations.ts';
import { csr, keyOf, rsaKey } from '../support/openssl.ts';

const subject = '/C=DE/O=Organization/OU=OrgUnit/L=Waldorf/ST=Waldorf/CN=shop';
const expected = { C: 'DE', O: 'Organization', OU: 'OrgUnit', L: 'Waldorf', ST: 'Waldorf', CN: 'shop' };
const key = rsaKey(1024);
const derOf = (pem: string) => Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
const plain = derOf(csr({ key, subject }));
const pss = derOf(
  csr({ key, subject, args: ['-sha256', '-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:32'] }),
);
const ec = derOf(csr({ key: keyOf('-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'), subject }));

/** Takes other bytes for those that stand once. */
function replaced(der: Buffer, from: string, to: string): Buffer {
  const hex = der.toString('hex');
  expect(hex.split(from)).toHaveLength(2);
  expect(to).toHaveLength(from.length);
  return Buffer.from(hex.replace(from, to), 'hex');
}

/** Bytes of a good request, and what stands there instead. (connector-service §5) */
test.each([
  [
    'a type of no length',
    '060355040613024445',
    '060013054445444544',
    'asn1: syntax error: zero length OBJECT IDENTIFIER',
  ],
  ['a type that breaks off', '06035504061302', '06035504861302', 'asn1: syntax error: truncated base 128 integer'],
  [
    'a type of a huge number',
    '06035504030c0473686f70',
    '0609ffffffffffffffff7f',
    'asn1: structure error: base 128 integer too large',
  ],
  [
    'a text of half a character',
    '0c074f7267556e6974',
    '1e074f7267556e6974',
    'asn1: structure error: a value inside is malformed',
  ],
])('%s in a subject is malformed', (_, from, to, message) => {
  expect(() => readSigningRequest(replaced(plain, from, to))).toThrow(new SigningRequestError('MALFORMED', message));
});

test('a text of two-byte characters is read', () => {
  const { subject } = readSigningRequest(
    replaced(plain, '0c0c4f7267616e697a6174696f6e', '1e0c004f00720067201400fc263a'),
  );
  expect(valuesOf(subject, 'O')).toEqual(['Org\u2014ü\u263a']);
});

test.each([
  ['a salt that is no number', 'a203020120', 'a2030101ff'],
  ['a salt of another length', 'a203020120', 'a203020121'],
])('%s makes an algorithm that nobody knows', (_, from, to) => {
  const { scheme } = readSigningRequest(replaced(pss, from, to));
  expect(scheme).toBe('x509: cannot verify signature: algorithm unimplemented');
});

async function outcome(signer: Signer, body: string): Promise<string> {
  try {
    await signer.sign(await signer.check(Buffer.from(body), expected, 'common name'), 60_000);
    return 'signed';
  } catch (thrown) {
    if (thrown instanceof KymaError)
      return thrown.cause && thrown.code === 'SIGNING_FAILED' ? 'not signed' : thrown.code;
    return `${String(thrown)}: ${body}`;
  }
}

/** A body for the signing call from a good request, damaged at one of its levels. */
function damagedBody(der: Buffer, pick: Pick): string {
  const level = pick(10);
  const inside = level < 6 ? damagedValues(der, pick) : level === 6 ? damagedBytes(der, pick) : der;
  const pem = Buffer.from(
    `-----BEGIN CERTIFICATE REQUEST-----\n${inside.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`,
  );
  const csr = (level === 7 ? damagedBytes(pem, pick) : pem).toString('base64');
  if (level === 8) return JSON.stringify({ csr: damagedBytes(Buffer.from(csr), pick).toString('latin1') });
  const body = JSON.stringify({ csr });
  return level === 9 ? damagedBytes(Buffer.from(body), pick).toString('latin1') : body;
}

test('whatever is damaged in a signing request, the answer is one of the contract', async () => {
  const made = await createAuthority([systemClock.now()], systemRandom);
  const authority = readAuthority(made.certificatePem, made.privateKeyPem);
  const options = { clock: systemClock, random: systemRandom, authority: () => authority };
  const signers = [false, true].map((quirks) => new Signer({ ...options, quirks }));
  const pick = seededPick(11);
  const outcomes = new Set<string>();
  for (let left = 3000; left > 0; left--) {
    const signer = signers[left % 2] as Signer;
    outcomes.add(await outcome(signer, damagedBody([plain, pss, ec][pick(3)] as Buffer, pick)));
  }
  expect([...outcomes].sort()).toEqual([
    'BASE64_INVALID',
    'BODY_MALFORMED',
    'CSR_MALFORMED',
    'CSR_SIGNATURE',
    'PEM_MISSING',
    'SIGNING_FAILED',
    'signed',
  ]);
});
