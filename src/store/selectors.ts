import { lookAhead } from '../core/look-ahead.ts';
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

/** What all requirements together say about the value of one label or field. */
class ValueRule {
  /** It must be there. */
  needed = false;
  #forbidden = false;
  #allowed: ReadonlySet<string> | undefined;
  readonly #refused = new Set<string>();

  allow(values: readonly string[]): void {
    this.needed = true;
    this.#allowed = new Set(this.#allowed ? values.filter((value) => this.#allowed?.has(value)) : values);
  }

  refuse(values: readonly string[]): void {
    for (const value of values) this.#refused.add(value);
  }

  forbid(): void {
    this.#forbidden = true;
  }

  takes(value: string): boolean {
    return !this.#forbidden && !this.#refused.has(value) && this.#allowed?.has(value) !== false;
  }
}

/** One rule for each name: however many requirements there are, a resource is not asked about each. */
class Rules extends Map<string, ValueRule> {
  of(name: string): ValueRule {
    const rule = this.get(name) ?? new ValueRule();
    this.set(name, rule);
    return rule;
  }
}

/** The forms of one label requirement, tried in this order. */
const labelForms: readonly { form: RegExp; add: (rule: ValueRule, text: string) => void }[] = [
  { form: new RegExp(`^(${KEY})\\s+in\\s*\\(([^()]*)\\)$`), add: (rule, text) => rule.allow(values(text)) },
  { form: new RegExp(`^(${KEY})\\s+notin\\s*\\(([^()]*)\\)$`), add: (rule, text) => rule.refuse(values(text)) },
  { form: new RegExp(`^(${KEY})\\s*!=\\s*(${VALUE})$`), add: (rule, text) => rule.refuse([text]) },
  { form: new RegExp(`^(${KEY})\\s*={1,2}\\s*(${VALUE})$`), add: (rule, text) => rule.allow([text]) },
  { form: new RegExp(`^!\\s*(${KEY})()$`), add: (rule) => rule.forbid() },
  {
    form: new RegExp(`^(${KEY})()$`),
    add: (rule) => {
      rule.needed = true;
    },
  },
];

/**
 * Compiles a Kubernetes label selector. (kubernetes-api §6.1)
 * @throws StoreError `INVALID` naming the requirement that cannot be read
 */
export function parseLabelSelector(text: string): Predicate<Labels> {
  const rules = new Rules();
  for (const requirement of requirements(text)) {
    if (addRequirement(rules, requirement)) continue;
    throw invalid(`label selector "${text}": cannot read "${requirement}"; examples: a=b, a!=b, a in (b,c), a, !a`);
  }
  const needed = [...rules].flatMap(([key, rule]) => (rule.needed ? [key] : []));
  return (labels) =>
    needed.every((key) => Object.hasOwn(labels, key)) &&
    Object.keys(labels).every((key) => rules.get(key)?.takes(labels[key] as string) ?? true);
}

function addRequirement(rules: Rules, requirement: string): boolean {
  for (const { form, add } of labelForms) {
    const [, key, rest] = form.exec(requirement) ?? [];
    if (key === undefined || rest === undefined) continue;
    add(rules.of(key), rest);
    return true;
  }
  return false;
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
  const rules = new Rules();
  const readers = new Map<string, (resource: Stored) => string>();
  for (const requirement of requirements(text)) {
    const [, label = '', operator, wanted = ''] = /^([^=!]+)(!=|==?)([^=!]*)$/.exec(requirement) ?? [];
    const read = Object.hasOwn(fields, label) ? fields[label] : ownField(label, kind);
    if (operator === undefined) throw invalid(`field selector "${text}": cannot read "${requirement}"; example: a=b`);
    if (!read) throw invalid(`field label not supported: ${label}`);
    readers.set(label, read);
    if (operator === '!=') rules.of(label).refuse([wanted]);
    else rules.of(label).allow([wanted]);
  }
  const tests = [...readers].map(([label, read]) => ({ read, rule: rules.of(label) }));
  return (resource) => tests.every(({ read, rule }) => rule.takes(read(resource)));
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

const parenthesis = /[()]/g;

/** Splits at the commas outside of parentheses: those behind which no closing one comes first. */
function requirements(text: string): string[] {
  const nextParenthesis = lookAhead((from) => {
    parenthesis.lastIndex = from;
    return parenthesis.exec(text)?.index ?? text.length;
  });
  const parts: string[] = [];
  let from = 0;
  for (let comma = text.indexOf(','); comma >= 0; comma = text.indexOf(',', comma + 1)) {
    if (text[nextParenthesis(comma)] === ')') continue;
    parts.push(text.slice(from, comma).trim());
    from = comma + 1;
  }
  return [...parts, text.slice(from).trim()];
}

const values = (text: string) => text.split(',').map((value) => value.trim());
