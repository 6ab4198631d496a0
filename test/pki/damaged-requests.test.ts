import { expect, test } from 'vitest';
import type { Signer } from '../../src/connector/signing.ts';
import { readSigningRequest, SigningRequestError } from '../../src/pki/signing-request.ts';
import { valuesOf } from '../../src/pki/subject.ts';
import { damagedBody, goodRequests, outcomeOf, signers } from '../support/damaged-requests.ts';
import { seededPick } from '../support/der-mutations.ts';

const [plain, pss, ec] = goodRequests();

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

test('whatever is damaged in a signing request, the answer is one of the contract', async () => {
  const both = await signers();
  const pick = seededPick(11);
  const outcomes = new Set<string>();
  for (let left = 3000; left > 0; left--) {
    const body = damagedBody([plain, pss, ec][pick(3)] as Buffer, pick);
    outcomes.add(await outcomeOf(both[left % 2] as Signer, body));
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
