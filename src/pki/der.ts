import type { asn1 as Forge } from 'node-forge';
import asn1 from 'node-forge/lib/asn1.js';

/** ASN.1 in its DER form: a thin layer over node-forge that speaks in buffers. */

/** A value and what is inside it. Its own type, since node-forge publishes none that our users would have. */
export interface Asn1 {
  readonly tagClass: number;
  readonly type: number;
  readonly value: string | readonly Asn1[];
}

/** Input that is not the DER it should be; the message is safe to show. */
export class DerError extends Error {}

const { UNIVERSAL, CONTEXT_SPECIFIC } = asn1.Class;
const type = asn1.Type;

/**
 * Parses one value that takes up the whole buffer.
 * @throws DerError in the words of Go's ASN.1 reader for the common cases (connector-service §5, §15.7)
 */
export function readDer(der: Buffer): Asn1 {
  if (der.length === 0) throw new DerError('asn1: syntax error: sequence truncated');
  const length = outerLength(der);
  if (length === undefined || length > der.length) throw new DerError('asn1: syntax error: data truncated');
  if (length < der.length) throw new DerError('asn1: syntax error: trailing data');
  try {
    return asn1.fromDer(der.toString('latin1'), { strict: true, parseAllBytes: true, decodeBitStrings: false });
  } catch (thrown) {
    // The length of the whole is right, so a part inside says that it is longer than the rest.
    throw new DerError('asn1: structure error: a value inside is malformed', { cause: thrown });
  }
}

/** The whole length that the outermost header announces, or undefined when the header itself is cut short. */
function outerLength(der: Buffer): number | undefined {
  const first = der[1];
  if (first === undefined) return undefined;
  if (first < 0x80) return 2 + first;
  const count = first & 0x7f;
  if (count === 0 || count > 4 || der.length < 2 + count) return undefined;
  return 2 + count + der.readUIntBE(2, count);
}

export const writeDer = (value: Asn1): Buffer => Buffer.from(asn1.toDer(value as Forge.Asn1).getBytes(), 'latin1');

/** The parts of a SEQUENCE, SET or explicitly tagged value. */
export function partsOf(value: Asn1 | undefined): readonly Asn1[] {
  if (!value || !Array.isArray(value.value))
    throw new DerError('asn1: structure error: a constructed value is missing');
  return value.value;
}

/** The content bytes of a primitive value. */
export function bytesOf(value: Asn1 | undefined): Buffer {
  if (!value || typeof value.value !== 'string') {
    throw new DerError('asn1: structure error: a primitive value is missing');
  }
  return Buffer.from(value.value, 'latin1');
}

/** The bits of a BIT STRING that is a whole number of bytes, as keys and signatures are. */
export function bitsOf(value: Asn1 | undefined): Buffer {
  const content = bytesOf(value);
  if (value?.type !== type.BITSTRING || content[0] !== 0) {
    throw new DerError('asn1: structure error: a bit string is missing');
  }
  return content.subarray(1);
}

/** @throws DerError in Go's words */
export function oidOf(value: Asn1 | undefined): string {
  if (value?.type !== type.OID) throw new DerError('asn1: structure error: an object identifier is missing');
  const content = bytesOf(value);
  if (content.length === 0) throw new DerError('asn1: syntax error: zero length OBJECT IDENTIFIER');
  if ((content.at(-1) ?? 0) >= 0x80) throw new DerError('asn1: syntax error: truncated base 128 integer');
  try {
    return asn1.derToOid(content.toString('latin1'));
  } catch (thrown) {
    throw new DerError('asn1: structure error: base 128 integer too large', { cause: thrown });
  }
}

/** The text of any of the string types, UTF-8 unless the type says otherwise. */
export function textOf(value: Asn1 | undefined): string {
  const content = bytesOf(value);
  // Of these the library has read the characters already.
  if (value?.type === type.BMPSTRING) return value.value as string;
  if (value?.type === type.UTF8) return content.toString('utf8');
  return content.toString('latin1');
}

const primitive = (tag: number, content: string | Buffer): Asn1 =>
  asn1.create(UNIVERSAL, tag, false, typeof content === 'string' ? content : content.toString('latin1'));

const constructed = (tagClass: Forge.Class, tag: Forge.Type, parts: readonly Asn1[]): Asn1 =>
  asn1.create(tagClass, tag, true, parts as Forge.Asn1[]);

export const sequence = (...parts: Asn1[]) => constructed(UNIVERSAL, type.SEQUENCE, parts);

/** DER wants the members of a SET OF in the order of their encodings. */
export function setOf(members: Asn1[]): Asn1 {
  if (members.length < 2) return constructed(UNIVERSAL, type.SET, members);
  const sorted = members.map((member) => ({ member, der: writeDer(member) }));
  sorted.sort((a, b) => Buffer.compare(a.der, b.der));
  return constructed(
    UNIVERSAL,
    type.SET,
    sorted.map(({ member }) => member),
  );
}

/** Explicit context tag around one value. */
export const explicit = (tag: number, value: Asn1) => constructed(CONTEXT_SPECIFIC, tag as Forge.Type, [value]);

/** Implicit context tag on a primitive value. */
export const implicit = (tag: number, content: Buffer): Asn1 =>
  asn1.create(CONTEXT_SPECIFIC, tag as Forge.Type, false, content.toString('latin1'));

/** Implicit context tag on a SET or SEQUENCE with nothing in it. */
export const implicitEmpty = (tag: number) => constructed(CONTEXT_SPECIFIC, tag as Forge.Type, []);

export const oid = (text: string) => primitive(type.OID, asn1.oidToDer(text).getBytes());
export const nothing = () => primitive(type.NULL, '');
export const boolean = (value: boolean) => primitive(type.BOOLEAN, value ? '\xff' : '\0');
export const octets = (content: Buffer) => primitive(type.OCTETSTRING, content);
export const bits = (content: Buffer, unused = 0) =>
  primitive(type.BITSTRING, Buffer.concat([Buffer.of(unused), content]));
export const printable = (text: string) => primitive(type.PRINTABLESTRING, text);
export const utf8 = (text: string) => primitive(type.UTF8, Buffer.from(text, 'utf8'));

/** A non-negative INTEGER from its big-endian bytes. */
export function integer(bytes: Buffer): Asn1 {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from++;
  const content = bytes.subarray(from);
  return primitive(type.INTEGER, (content[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), content]) : content);
}

/** UTCTime up to 2049, GeneralizedTime after (RFC 5280 §4.1.2.5). */
export function time(milliseconds: number): Asn1 {
  const text = new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, '');
  return Number(text.slice(0, 4)) < 2050
    ? primitive(type.UTCTIME, text.slice(2))
    : primitive(type.GENERALIZEDTIME, text);
}

/** A value that is DER already, put into a larger one without being parsed. */
export function encoded(der: Buffer): Asn1 {
  const length = der[1] as number;
  const header = length < 0x80 ? 2 : 2 + (length & 0x7f);
  const tag = der[0] as number;
  const content = der.subarray(header).toString('latin1');
  // "Constructed" is part of the tag byte here, since node-forge wants parts, not bytes, for constructed values.
  return asn1.create((tag & 0xc0) as Forge.Class, (tag & 0x3f) as Forge.Type, false, content);
}
