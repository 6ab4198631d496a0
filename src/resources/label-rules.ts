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

/** Everything that is wrong with the labels and annotations of a resource. */
export function checkLabels({ labels = {}, annotations = {} }: Metadata): Problem[] {
  const ofLabels: Path = ['metadata', 'labels'];
  const ofAnnotations: Path = ['metadata', 'annotations'];
  const size = Object.entries(annotations).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  return [
    ...Object.entries(labels).flatMap(([key, value]) => [...checkKey(key, ofLabels), ...checkValue(value, ofLabels)]),
    ...Object.keys(annotations).flatMap((key) => checkKey(key.toLowerCase(), ofAnnotations)),
    ...(size > MAX_ANNOTATIONS
      ? [
          {
            path: ofAnnotations,
            reason: 'FieldValueTooLong' as const,
            detail: `Too long: may not be more than ${MAX_ANNOTATIONS} bytes`,
          },
        ]
      : []),
  ];
}
