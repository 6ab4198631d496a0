import { createHash } from 'node:crypto';
import { decodePath } from '../go/path.ts';
import type { ClientCertificate } from '../http/client-identity.ts';
import { firstPemBlock, writePem } from '../pki/pem.ts';
import type { HeaderReader } from './context.ts';
import { connectorError } from './errors.ts';
import { type Generation, RUNTIME_NAME } from './generations.ts';
import type { ConnectorSettings } from './settings.ts';
import type { ClientContext } from './tokens.ts';

/** A client that came with a certificate. */
export interface CertifiedClient {
  readonly context: ClientContext;
  /** Hash of the certificate as revocations list it. @throws KymaError when the certificate did not come through */
  readonly hash: () => string;
}

/** What a gateway passes to the service: the certificate it saw, or inside the cluster nothing but headers. */
export type Presented = { readonly certificate: ClientCertificate | undefined } | { readonly header: HeaderReader };

type Rules = Pick<ConnectorSettings, 'central' | 'quirks' | 'subject'>;
type Claims = Readonly<Record<'CN' | 'O' | 'OU' | 'C' | 'L' | 'ST', string | undefined>>;

/**
 * Finds out which client a certificate stands for. (connector-service §4.7, §7)
 * @throws KymaError where the generation refuses the certificate
 */
export function identify(generation: Generation, rules: Rules, presented: Presented): CertifiedClient {
  const fromCertificate = 'certificate' in presented && presented.certificate;
  if (fromCertificate && !rules.quirks) {
    const claims = claimsOf(fromCertificate, rules);
    if (generation.clientCertificate === 'forwarded header' && !matches(claims, generation, rules)) {
      throw connectorError('CERTIFICATE_SUBJECT_UNKNOWN');
    }
    return {
      context: contextOf(claims, generation, rules, ';'),
      hash: () => hashOf(generation, fromCertificate.der),
    };
  }
  const header = 'header' in presented ? presented.header : gatewayHeaders(generation, presented.certificate);
  return generation.clientCertificate === 'subject header'
    ? fromSubjectHeader(header, generation, rules)
    : fromForwardedHeader(header, generation, rules);
}

/** The headers that the generation's gateway would set. */
function gatewayHeaders(generation: Generation, certificate: ClientCertificate | undefined): HeaderReader {
  if (!certificate) return () => undefined;
  const headers: Record<string, string> =
    generation.clientCertificate === 'subject header'
      ? {
          'client-certificate-subject': certificate.subjectText,
          'client-certificate': encodeURIComponent(writePem('CERTIFICATE', certificate.der)),
        }
      : { 'x-forwarded-client-cert': forwardedElement(certificate) };
  return (name) => headers[name];
}

const forwardedElement = ({ der, subjectText }: ClientCertificate) =>
  `Hash=${sha256(der)};Subject="${subjectText.replaceAll('"', '\\"')}";URI=`;

const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest('hex');

const hashOf = (generation: Generation, der: Buffer) =>
  sha256(generation.revocationHash === 'pem' ? writePem('CERTIFICATE', der) : der);

/**
 * What a certificate says. A system may have put further values into its subject, in whose order it has no say: what is
 * fixed by the configuration counts when it is among them, and a tenant or group only when it is the only one.
 */
function claimsOf({ subject: parts }: ClientCertificate, { central, subject }: Rules): Claims {
  const valuesOf = (type: string) => parts.flatMap((part) => (part.type === type ? [part.value] : []));
  const fixed = (type: 'C' | 'L' | 'ST' | 'O' | 'OU') => {
    const values = valuesOf(type);
    return values.includes(subject[type]) ? subject[type] : values[0];
  };
  const only = (type: 'O' | 'OU') => {
    const values = valuesOf(type);
    return values.length === 1 ? values[0] : undefined;
  };
  return {
    CN: valuesOf('CN').at(-1),
    O: central ? only('O') : fixed('O'),
    OU: central ? only('OU') : fixed('OU'),
    C: fixed('C'),
    L: fixed('L'),
    ST: fixed('ST'),
  };
}

/** Reads a subject text as the service does: each value up to the next comma, wherever it stands. */
function claimsFromText(text: string): Claims {
  const value = (type: string) => new RegExp(`${type}=([^,]+)`).exec(text)?.[1];
  return { CN: value('CN'), O: value('O'), OU: value('OU'), C: value('C'), L: value('L'), ST: value('ST') };
}

/** nginx: one header with the subject, one with the certificate. (connector-service §7.1) */
function fromSubjectHeader(header: HeaderReader, generation: Generation, rules: Rules): CertifiedClient {
  const claims = claimsFromText(header('client-certificate-subject') ?? '');
  if (!claims.CN) throw connectorError('SUBJECT_HEADER_INVALID');
  return {
    context: contextOf(claims, generation, rules, '\\;'),
    hash: () => {
      const escaped = header('client-certificate') ?? '';
      if (!escaped && generation.needsCertificateBody) throw connectorError('CERTIFICATE_NOT_PASSED');
      return hashOfEscapedPem(escaped, generation);
    },
  };
}

function hashOfEscapedPem(escaped: string, generation: Generation): string {
  const pem = decodePath(escaped);
  if (generation.revocationHash === 'pem') {
    if (pem === undefined) throw connectorError('CERTIFICATE_HASH');
    return sha256(pem);
  }
  if (pem === undefined) throw connectorError('CERTIFICATE_ESCAPES');
  const block = firstPemBlock(pem);
  if (!block) throw connectorError('CERTIFICATE_HASH');
  return sha256(block.der);
}

/** Envoy: one header with an element for each hop. (connector-service §7.2, §7.3) */
function fromForwardedHeader(header: HeaderReader, generation: Generation, rules: Rules): CertifiedClient {
  const text = header('x-forwarded-client-cert');
  if (!text) throw connectorError('CERTIFICATE_HEADER_EMPTY');
  const hashes = [...text.matchAll(/Hash=([0-9a-f]*)/g)].map(([, hash]) => hash);
  for (const [index, [, subject = '']] of [...text.matchAll(/Subject="(.*?)"/g)].entries()) {
    const claims = claimsFromText(subject);
    const hash = hashes[index];
    if (hash !== undefined && matches(claims, generation, rules)) {
      return { context: contextOf(claims, generation, rules, ';'), hash: () => hash };
    }
  }
  throw connectorError('CERTIFICATE_SUBJECT_UNKNOWN');
}

/** Whether a subject is one that this service hands out. */
function matches(claims: Claims, { swapsLocality }: Generation, { central, quirks, subject }: Rules): boolean {
  const [locality, province] = swapsLocality && quirks ? [subject.ST, subject.L] : [subject.L, subject.ST];
  const place = claims.C === subject.C && claims.L === locality && claims.ST === province;
  return place && (central || (claims.O === subject.O && claims.OU === subject.OU));
}

function contextOf(claims: Claims, generation: Generation, rules: Rules, separator: ';' | '\\;'): ClientContext {
  const { CN, O, OU } = claims;
  if (generation.tenantIn === 'common name') {
    if (!CN) throw connectorError('SUBJECT_HEADER_INVALID');
    const parts = CN.split(separator);
    if (parts.length >= 3) return { tenant: parts[0] ?? '', group: parts[1] ?? '', application: parts[2] ?? '' };
    if (parts.length === 2) return { tenant: parts[0] ?? '', group: parts[1] ?? '', application: '' };
    return { application: CN, tenant: '', group: '' };
  }
  if (!rules.central) {
    if (!CN) throw connectorError('CERTIFICATE_WITHOUT_NAME');
    return { application: CN, tenant: '', group: '' };
  }
  if (!CN || !O || !OU) throw connectorError(missingValue[generation.clientCertificate]);
  return { application: CN === RUNTIME_NAME ? '' : CN, tenant: O, group: OU };
}

const missingValue = {
  'not at all': 'SUBJECT_HEADER_INVALID',
  'subject header': 'SUBJECT_HEADER_INVALID',
  'forwarded header': 'CERTIFICATE_VALUE_MISSING',
} as const;
