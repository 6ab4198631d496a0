import { type DistinguishedName, valuesOf } from '../pki/subject.ts';
import { connectorError } from './errors.ts';

/** The subject that a signing request must have. */
export interface ExpectedSubject {
  readonly CN: string;
  readonly C: string;
  readonly O: string;
  readonly OU: string;
  readonly L: string;
  readonly ST: string;
}

const rules = [
  ['C', 'country'],
  ['O', 'organization'],
  ['OU', 'organizational unit'],
  ['L', 'locality'],
  ['ST', 'province'],
] as const;

/**
 * Checks the subject of a signing request. Exact comparison; of several common names the last counts, of the other
 * types the first; further types do not matter. (connector-service §6.1, §15.8)
 * @param nameWord how the generation calls the common name in its text
 * @throws KymaError with the first rule that does not hold
 */
export function checkSubject(
  subject: DistinguishedName,
  expected: ExpectedSubject,
  nameWord: 'common name' | 'CName',
): void {
  if (valuesOf(subject, 'CN').at(-1) !== expected.CN) {
    throw connectorError('CSR_SUBJECT', `Invalid ${nameWord} provided.`);
  }
  for (const [type, word] of rules) {
    const value = valuesOf(subject, type)[0];
    if (value === expected[type]) continue;
    throw connectorError('CSR_SUBJECT', `${value === undefined ? 'No' : 'Invalid'} ${word} provided.`);
  }
}
