import { invalidValue, type Path, type Problem } from './problem.ts';
import type { Metadata } from './resource.ts';

/** What Kubernetes accepts as labels and annotations. */

const name = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const prefix = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const NAME_RULE =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

const MAX_LENGTH = 63;
const MAX_PREFIX = 253;
const MAX_ANNOTATIONS = 256 * 1024;

function checkKey(key: string, path: Path): Problem[] {
  const [domain, own] = key.includes('/') ? key.split('/', 2) : [undefined, key];
  const wrongName = !name.test(own ?? '') || (own ?? '').length > MAX_LENGTH || key.split('/').length > 2;
  const wrongPrefix = domain !== undefined && (!prefix.test(domain) || domain.length > MAX_PREFIX);
  return wrongName || wrongPrefix ? [invalidValue(path, NAME_RULE, key)] : [];
}

const checkValue = (value: string, path: Path): Problem[] =>
  value === '' || (name.test(value) && value.length <= MAX_LENGTH) ? [] : [invalidValue(path, VALUE_RULE, value)];

/** Problems that are told of one resource: each comes with its rule, and who sends more has them all wrong. */
const MAX_PROBLEMS = 100;

/** What is wrong with the labels and annotations of a resource. */
export function checkLabels({ labels = {}, annotations = {} }: Metadata): Problem[] {
  const problems: Problem[] = [];
  for (const key of Object.keys(labels)) {
    if (problems.length >= MAX_PROBLEMS) return problems;
    problems.push(...checkKey(key, ofLabels), ...checkValue(labels[key] as string, ofLabels));
  }
  let size = 0;
  for (const key of Object.keys(annotations)) {
    size += key.length + (annotations[key] as string).length;
    if (problems.length < MAX_PROBLEMS) problems.push(...checkKey(key.toLowerCase(), ofAnnotations));
  }
  if (size > MAX_ANNOTATIONS) {
    const detail = `Too long: may not be more than ${MAX_ANNOTATIONS} bytes`;
    problems.push({ path: ofAnnotations, reason: 'FieldValueTooLong', detail });
  }
  return problems;
}

const ofLabels: Path = ['metadata', 'labels'];
const ofAnnotations: Path = ['metadata', 'annotations'];
