/** A place inside a resource: member names and positions in lists. */
export type Path = readonly (string | number)[];

/** Why a value is refused, in Kubernetes' words. (kubernetes-api §8) */
export type ProblemReason =
  | 'FieldValueRequired'
  | 'FieldValueTypeInvalid'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueForbidden'
  /** The namespace is not there. (kubernetes-api §5.2) */
  | 'NamespaceNotFound'
  /** The namespace is on its way out and takes nothing new. */
  | 'NamespaceTerminating';

/** One thing that is wrong with a resource. */
export interface Problem {
  readonly path: Path;
  readonly reason: ProblemReason;
  /** What is wrong, without the field: `Required value`. */
  readonly detail: string;
}

/** The path as messages have it: `spec.services[0].displayName`, `data[tls.crt]`. */
export function fieldOf(path: Path): string {
  const parts = path.map((segment) =>
    typeof segment === 'string' && /^[A-Za-z_][-\w]*$/.test(segment) ? `.${segment}` : `[${segment}]`,
  );
  return parts.join('').replace(/^\./, '');
}

/** The whole message: `spec.services[0].displayName: Required value`. */
export const problemText = ({ path, detail }: Problem) => (path.length > 0 ? `${fieldOf(path)}: ${detail}` : detail);

export const required = (path: Path): Problem => ({ path, reason: 'FieldValueRequired', detail: 'Required value' });

export const wrongType = (path: Path, found: string, wanted: string): Problem => ({
  path,
  reason: 'FieldValueTypeInvalid',
  detail: `Invalid value: "${found}": ${fieldOf(path) || 'resource'} in body must be of type ${wanted}: "${found}"`,
});

export const unsupported = (path: Path, found: string, supported: readonly string[]): Problem => ({
  path,
  reason: 'FieldValueNotSupported',
  detail: `Unsupported value: ${quote(found)}: supported values: ${supported.map(quote).join(', ')}`,
});

export const tooLong = (path: Path, limit: number): Problem => ({
  path,
  reason: 'FieldValueTooLong',
  detail: `Too long: may not be longer than ${limit}`,
});

export const patternMismatch = (path: Path, found: string, pattern: string): Problem => ({
  path,
  reason: 'FieldValueInvalid',
  detail: `Invalid value: ${quote(found)}: ${fieldOf(path)} in body should match '${pattern}'`,
});

/** A value that breaks a rule of its schema about size or number. */
export const outOfRange = (path: Path, found: string | number, rule: string): Problem => ({
  path,
  reason: 'FieldValueInvalid',
  detail: `Invalid value: ${JSON.stringify(found)}: ${fieldOf(path)} in body ${rule}`,
});

export const tooMany = (path: Path, found: number, limit: number): Problem => ({
  path,
  reason: 'FieldValueTooMany',
  detail: `Too many: ${found}: must have at most ${limit} items`,
});

/** @param found the value to show; leave it out when it is a secret */
export const invalidValue = (path: Path, why: string, found?: string): Problem => ({
  path,
  reason: 'FieldValueInvalid',
  detail: found === undefined ? `Invalid value: ${why}` : `Invalid value: ${quote(found)}: ${why}`,
});

const namespacePath: Path = ['metadata', 'namespace'];

export const namespaceNotFound = (name: string): Problem => ({
  path: namespacePath,
  reason: 'NamespaceNotFound',
  detail: `namespaces ${quote(name)} not found`,
});

export const namespaceTerminating = (name: string): Problem => ({
  path: namespacePath,
  reason: 'NamespaceTerminating',
  detail: `unable to create new content in namespace ${name} because it is being terminated`,
});

const quote = (text: string) => JSON.stringify(text);
