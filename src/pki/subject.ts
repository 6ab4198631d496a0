import * as der from './der.ts';

/** One value of a distinguished name. */
export interface SubjectAttribute {
  /** Short name where the type has one (`CN`, `O`, …), else the object identifier. */
  readonly type: string;
  readonly value: string;
}

/** A distinguished name: relative names in their order, each with one value or more. */
export type DistinguishedName = readonly (readonly SubjectAttribute[])[];

const types = {
  C: '2.5.4.6',
  ST: '2.5.4.8',
  L: '2.5.4.7',
  street: '2.5.4.9',
  postalCode: '2.5.4.17',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  CN: '2.5.4.3',
  serialNumber: '2.5.4.5',
  emailAddress: '1.2.840.113549.1.9.1',
  UID: '0.9.2342.19200300.100.1.1',
  DC: '0.9.2342.19200300.100.1.25',
} as const;

const shortNames = new Map<string, string>(Object.entries(types).map(([name, oid]) => [oid, name]));

/** The order, and the only types, in which the Connector Service writes a subject. (connector-service §6.2) */
const certificateOrder = ['C', 'ST', 'L', 'street', 'postalCode', 'O', 'OU', 'CN', 'serialNumber'] as const;

/** @throws DerError */
export function readName(name: der.Asn1 | undefined): DistinguishedName {
  return der.partsOf(name).map((relative) =>
    der.partsOf(relative).map((attribute) => {
      const [type, value] = der.partsOf(attribute);
      const oid = der.oidOf(type);
      return { type: shortNames.get(oid) ?? oid, value: der.textOf(value) };
    }),
  );
}

export const valuesOf = (name: DistinguishedName, type: string): string[] =>
  name.flat().flatMap((attribute) => (attribute.type === type ? [attribute.value] : []));

/**
 * The subject of a certificate made from a request's subject: fixed order of types, others dropped, several values of
 * one type in one relative name, of several common names the last. (connector-service §6.2, §15.1)
 */
export function certificateSubject(requested: DistinguishedName): DistinguishedName {
  return certificateOrder.flatMap((type) => {
    const values = valuesOf(requested, type);
    const kept = type === 'CN' ? values.slice(-1) : values;
    return kept.length ? [kept.map((value) => ({ type, value }))] : [];
  });
}

const printableOnly = /^[A-Za-z0-9 '()+,\-./:=?]*$/;

export function nameToDer(name: DistinguishedName): der.Asn1 {
  return der.sequence(
    ...name.map((relative) =>
      der.setOf(
        relative.map(({ type, value }) => {
          const oid = Object.hasOwn(types, type) ? types[type as keyof typeof types] : type;
          return der.sequence(der.oid(oid), printableOnly.test(value) ? der.printable(value) : der.utf8(value));
        }),
      ),
    ),
  );
}

/**
 * RFC 2253 text as nginx and Envoy show it: last relative name first, special characters and everything outside ASCII
 * escaped. (connector-service §6.2, §7)
 */
export function rfc2253(name: DistinguishedName): string {
  return name
    .toReversed()
    .map((relative) => relative.map(({ type, value }) => `${type}=${escapeValue(value)}`).join('+'))
    .join(',');
}

function escapeValue(value: string): string {
  const escaped = value.replace(/[,+"\\<>;]/g, '\\$&').replace(/^[ #]|(?<!^) $/g, '\\$&');
  return escaped.replace(/[^\x20-\x7e]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `\\${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
