import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64 } from '../../src/go/base64.ts';
import { firstPemBlock, pemBlocks, writePem } from '../../src/pki/pem.ts';

const der = Buffer.from('some bytes that are long enough for two lines of base64, which have 64 characters');
const pem = writePem('THING', der);

test('lines have 64 characters and the last one ends', () => {
  expect(pem).toMatch(/^-----BEGIN THING-----\n[A-Za-z0-9+/]{64}\n[A-Za-z0-9+/=]{1,64}\n-----END THING-----\n$/);
});

test('what is written can be read', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
      expect(firstPemBlock(writePem('X', Buffer.from(bytes)))).toMatchObject({ label: 'X', der: Buffer.from(bytes) });
    }),
  );
});

test('any text is read or refused, without end or error', () => {
  const piece = fc.constantFrom('-----BEGIN X-----', '-----END X-----', '\n', 'QUJD', ':', ' ', '\r\n', '-----BEGIN ');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const block = firstPemBlock(pieces.join(''));
      expect(block === undefined || Buffer.isBuffer(block.der)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('all blocks of a text are found in their order', () => {
  const text = `x\n${writePem('A', Buffer.of(1))}y\n${writePem('B', Buffer.of(2))}`;
  expect([...pemBlocks(text)].map(({ label }) => label)).toEqual(['A', 'B']);
});

test.each([
  ['', Buffer.alloc(0)],
  ['QUI=', Buffer.from('AB')],
  ['QU\nI=\r\n', Buffer.from('AB')],
  ['QUI', undefined],
  ['QU I=', undefined],
  ['QU-_', undefined],
  ['QUI==', undefined],
  ['=QUI', undefined],
])('base64 %j is strict', (text, bytes) => {
  expect(decodeBase64(text)).toEqual(bytes);
});
