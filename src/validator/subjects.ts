import type { ClientCertificate } from '../http/client-identity.ts';
import { readPattern } from '../resources/pattern.ts';
import type { TenantRule } from './generations.ts';

/** The parts of a subject that anybody looks at. */
export interface Subject {
  readonly CN?: string | undefined;
  readonly O?: string | undefined;
  readonly OU?: string | undefined;
}

/** What the resource says about who may speak for the application. */
export interface Expectation {
  readonly application: string;
  readonly clientIds: readonly string[];
  readonly tenant: string;
  readonly group: string;
}

/** The subject of a certificate as data: no text is taken apart. Of several values the first counts. */
export function subjectOf({ subject }: ClientCertificate): Subject {
  const first = (type: string) => subject.find((attribute) => attribute.type === type)?.value;
  return { CN: first('CN'), O: first('O'), OU: first('OU') };
}

/** Text in which a subject has a piece without `=`, where the original crashes. */
export class BrokenSubject extends Error {}

/**
 * The subjects of an `X-Forwarded-Client-Cert` header; empty ones do not count. Texts are split plainly, with no regard
 * for escapes. (metadata-service §11.3)
 * @param strict what the original does about a piece without `=`
 * @throws BrokenSubject only when strict
 */
export function subjectsOfHeader(header: string, strict: boolean): Subject[] {
  return [...header.matchAll(/Subject="(.*?)"/g)].flatMap(([, text]) => (text ? [readSubject(text, strict)] : []));
}

function readSubject(text: string, strict: boolean): Subject {
  const parts: Record<string, string> = Object.create(null);
  for (const piece of text.split(',')) {
    const [type = '', value] = piece.split('=');
    if (value !== undefined) parts[type] = value;
    else if (strict) throw new BrokenSubject(`"${piece}" has no "="`);
  }
  return { CN: parts.CN, O: parts.O, OU: parts.OU };
}

/** Whether a subject may speak for an application. (metadata-service §11.1, §11.3) */
export function mayEnter({ CN, O, OU }: Subject, expected: Expectation, rule: TenantRule): boolean {
  const { application, clientIds, tenant, group } = expected;
  const inOrganization = O === tenant && OU === group;
  const isNamed = clientIds.length > 0 ? CN !== undefined && clientIds.includes(CN) : CN === application;
  switch (rule) {
    case 'ignored':
      return isNamed;
    case 'common name':
      return tenant || group ? CN === `${tenant};${group};${application}` : isNamed;
    case 'either in organization':
      return isNamed && (tenant || group ? inOrganization : true);
    case 'both in organization':
      return isNamed && (tenant && group ? inOrganization : true);
  }
}

/**
 * nginx's own test on the subject's text, with its accidents: not anchored on the left, names are patterns.
 * (metadata-service §11.1; only with quirks)
 */
export function matchesPattern(subjectText: string, expected: Expectation, rule: TenantRule): boolean {
  return patterns(expected, rule).every((pattern) => readPattern(pattern)?.(subjectText) ?? false);
}

function patterns({ application, tenant, group }: Expectation, rule: TenantRule): string[] {
  const end = '(,|\\]|$)';
  if (rule === 'ignored' || !(tenant || group)) return [`CN=${application}${end}`];
  if (rule === 'common name') return [`CN=${tenant}\\\\;${group}\\\\;${application}${end}`];
  return [`OU=${group}`, `O=${tenant}`, `CN=${application}`].map((part) => `(^|,)${part}${end}`);
}
