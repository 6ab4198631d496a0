import { findKind } from '../resources/kinds.ts';
import type { Path } from '../resources/problem.ts';
import type { KindReference, Stored } from '../resources/resource.ts';
import { isMembers } from '../resources/schema.ts';
import { invalid } from './errors.ts';
import type { Selection } from './store.ts';

export type Predicate<T> = (value: T) => boolean;
type Labels = Readonly<Record<string, string>>;

const KEY = '[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?';
const VALUE = '(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?';

/** The forms of one label requirement, tried in this order. */
const labelForms: readonly { form: RegExp; test: (key: string, text: string) => Predicate<Labels> }[] = [
  {
    form: new RegExp(`^(${KEY})\\s+in\\s*\\(([^()]*)\\)$`),
    test: (key, text) => oneOf(key, values(text)),
  },
  {
    form: new RegExp(`^(${KEY})\\s+notin\\s*\\(([^()]*)\\)$`),
    test: (key, text) => not(oneOf(key, values(text))),
  },
  { form: new RegExp(`^(${KEY})\\s*!=\\s*(${VALUE})$`), test: (key, text) => not(oneOf(key, [text])) },
  { form: new RegExp(`^(${KEY})\\s*={1,2}\\s*(${VALUE})$`), test: (key, text) => oneOf(key, [text]) },
  { form: new RegExp(`^!\\s*(${KEY})()$`), test: (key) => not(exists(key)) },
  { form: new RegExp(`^(${KEY})()$`), test: (key) => exists(key) },
];

/**
 * Compiles a Kubernetes label selector. (kubernetes-api §6.1)
 * @throws StoreError `INVALID` naming the requirement that cannot be read
 */
export function parseLabelSelector(text: string): Predicate<Labels> {
  const tests = requirements(text).map((requirement) => {
    for (const { form, test } of labelForms) {
      const [, key, rest] = form.exec(requirement) ?? [];
      if (key !== undefined && rest !== undefined) return test(key, rest);
    }
    throw invalid(`label selector "${text}": cannot read "${requirement}"; examples: a=b, a!=b, a in (b,c), a, !a`);
  });
  return (labels) => tests.every((test) => test(labels));
}

const fields: Readonly<Record<string, (resource: Stored) => string>> = {
  'metadata.name': ({ metadata }) => metadata.name,
  'metadata.namespace': ({ metadata }) => metadata.namespace ?? '',
};

/**
 * Compiles a Kubernetes field selector over `metadata.name`, `metadata.namespace` and what the kind adds; an empty
 * value matches an absent field. (kubernetes-api §6.1)
 * @throws StoreError `INVALID` for another field or form
 */
export function parseFieldSelector(text: string, kind?: KindReference): Predicate<Stored> {
  const tests = requirements(text).map((requirement): Predicate<Stored> => {
    const [, label = '', operator, wanted] = /^([^=!]+)(!=|==?)([^=!]*)$/.exec(requirement) ?? [];
    const read = Object.hasOwn(fields, label) ? fields[label] : ownField(label, kind);
    if (operator === undefined) throw invalid(`field selector "${text}": cannot read "${requirement}"; example: a=b`);
    if (!read) throw invalid(`field label not supported: ${label}`);
    return operator === '!=' ? (resource) => read(resource) !== wanted : (resource) => read(resource) === wanted;
  });
  return (resource) => tests.every((test) => test(resource));
}

function ownField(label: string, kind: KindReference | undefined): ((resource: Stored) => string) | undefined {
  const own = kind && findKind(kind)?.fields;
  const path = own && Object.hasOwn(own, label) ? own[label] : undefined;
  return path && ((resource) => textAt(resource, path));
}

function textAt(resource: Stored, path: Path): string {
  let value: unknown = resource;
  for (const segment of path) value = isMembers(value) ? value[segment] : undefined;
  return value === undefined || value === null ? '' : String(value);
}

const none: Labels = {};

/** One test for all that a selection asks for; undefined when it asks for nothing. @throws StoreError `INVALID` */
export function selectionFilter(
  { namespace, labelSelector, fieldSelector }: Selection,
  kind?: KindReference,
): Predicate<Stored> | undefined {
  const tests: Predicate<Stored>[] = [];
  if (namespace) tests.push(({ metadata }) => metadata.namespace === namespace);
  if (fieldSelector?.trim()) tests.push(parseFieldSelector(fieldSelector, kind));
  if (labelSelector?.trim()) {
    const matches = parseLabelSelector(labelSelector);
    tests.push(({ metadata }) => matches(metadata.labels ?? none));
  }
  return tests.length === 0 ? undefined : (resource) => tests.every((test) => test(resource));
}

/** Splits at the commas outside of parentheses. */
const requirements = (text: string) => text.split(/,(?![^()]*\))/).map((requirement) => requirement.trim());
const values = (text: string) => text.split(',').map((value) => value.trim());

const exists = (key: string) => (labels: Labels) => Object.hasOwn(labels, key);
const oneOf = (key: string, wanted: readonly string[]) => (labels: Labels) =>
  Object.hasOwn(labels, key) && wanted.includes(labels[key] as string);
const not = (test: Predicate<Labels>) => (labels: Labels) => !test(labels);
