import type { SubjectAttribute } from '../pki/subject.ts';

/**
 * Reads the comma form that the Connector Service announces, e.g. `O=Organization,OU=OrgUnit,…,CN=shop`. Values are not
 * escaped there; the common name comes last, so it may hold commas. (connector-service §4.3)
 * @returns undefined when the text has another form
 */
export function parseSubject(text: string): readonly SubjectAttribute[] | undefined {
  const [, before = '', commonName] = /^(?:(.*?),)?CN=(.*)$/s.exec(text) ?? [];
  if (commonName === undefined) return undefined;
  const parts: SubjectAttribute[] = [];
  for (const piece of before === '' ? [] : before.split(',')) {
    const [, type, value] = /^\s*([A-Za-z]+)=(.*)$/s.exec(piece) ?? [];
    if (type === undefined || value === undefined) return undefined;
    parts.push({ type, value });
  }
  return [...parts, { type: 'CN', value: commonName }];
}
