import { invalidValue, type Path, type Problem } from './problem.ts';

/** What Kubernetes accepts as the name of a resource. (application-cr §5.1, §9; kubernetes-api §5.2, §8) */
export interface NameRule {
  readonly pattern: RegExp;
  readonly maxLength: number;
  readonly explanation: string;
}

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';

const explain = (what: string, rule: string, example: string, pattern: string) =>
  `${what} must consist of ${rule} (e.g. ${example}, regex used for validation is '${pattern}')`;

const subdomainRule: NameRule = {
  pattern: new RegExp(`^${subdomain}$`),
  maxLength: 253,
  explanation: explain(
    'a lowercase RFC 1123 subdomain',
    "lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
    "'example.com'",
    subdomain,
  ),
};

const labelRule: NameRule = {
  pattern: new RegExp(`^${label}$`),
  maxLength: 63,
  explanation: explain(
    'a lowercase RFC 1123 label',
    "lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
    "'my-name',  or '123-abc'",
    label,
  ),
};

const serviceRule: NameRule = {
  pattern: new RegExp(`^${label1035}$`),
  maxLength: 63,
  explanation: explain(
    'a DNS-1035 label',
    "lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
    "'my-name',  or 'abc-123'",
    label1035,
  ),
};

export const nameRules = { subdomain: subdomainRule, label: labelRule, service: serviceRule } as const;

/** What is wrong with a name, if anything. */
export function checkName(rule: NameRule, name: string, path: Path = ['metadata', 'name']): Problem[] {
  const problems: Problem[] = [];
  if (name.length > rule.maxLength) {
    problems.push(invalidValue(path, `must be no more than ${rule.maxLength} characters`, name));
  }
  if (!rule.pattern.test(name)) problems.push(invalidValue(path, rule.explanation, name));
  return problems;
}
