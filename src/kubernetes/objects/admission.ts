import { complete, withoutUnknown } from '../../resources/admit.ts';
import { splitApiVersion } from '../../resources/kind.ts';
import { fieldOf, type Problem } from '../../resources/problem.ts';
import type { Resource } from '../../resources/resource.ts';
import { isMembers, type Schema } from '../../resources/schema.ts';
import { schemaOfResource } from '../../resources/whole-schema.ts';
import { badRequest, invalid } from '../wire/status.ts';
import type { ServedKind } from './catalog.ts';

/** The one admission (`resources/admit.ts`) in the words of an API server. */

/** What happens to members that the schema does not know. (kubernetes-api §5.3) */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** The schema of a whole resource. */
export const wholeSchema = ({ kind, form }: ServedKind): Schema => schemaOfResource(kind, form);

/**
 * Checks that an object is of the kind and version that the address says, and drops what its schema does not know.
 * @param warn told of what was dropped
 * @throws ApiError 400
 */
export function accept(
  served: ServedKind,
  object: Readonly<Record<string, unknown>>,
  validation: FieldValidation,
  warn: (text: string) => void,
): Resource {
  const { apiVersion, kind: name } = object;
  const kind = served.kind.kind;
  // Whoever leaves them out means what the address says, as Kubernetes takes it.
  if (apiVersion !== undefined && apiVersion !== '' && apiVersion !== served.apiVersion) {
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${served.apiVersion})`,
    );
  }
  if (name !== undefined && name !== '' && name !== kind) {
    throw badRequest(`the kind in the data (${name}) does not match the expected kind (${kind})`);
  }
  const { metadata = {} } = object;
  if (!isMembers(metadata)) throw cannotHandle(served, `metadata is not an object`);
  const { resource, unknown } = withoutUnknown(served.kind, served.form, object);
  if (unknown.length > 0 && validation !== 'Ignore') {
    const fields = unknown.map(({ path }) => `unknown field ${JSON.stringify(fieldOf(path))}`);
    if (validation === 'Strict') throw cannotHandle(served, `strict decoding error: ${fields.join(', ')}`);
    for (const field of fields) warn(field);
  }
  const identity = { apiVersion: served.apiVersion, kind };
  return { ...identity, metadata: {}, ...(resource as object), ...identity } as Resource;
}

const cannotHandle = ({ kind, apiVersion }: ServedKind, why: string) =>
  badRequest(
    `${kind.kind} in version ${JSON.stringify(splitApiVersion(apiVersion).version)} cannot be handled as a ${kind.kind}: ${why}`,
  );

/**
 * Completes a resource and checks everything about it that does not depend on others.
 * @throws ApiError 400 for what Kubernetes would not even decode, 422 with all other problems
 */
export function admitted(served: ServedKind, given: Resource): Resource {
  const { resource, problems } = complete(served.kind, served.form, given);
  const wrongType = problems.find(
    ({ reason, path }) => reason === 'FieldValueTypeInvalid' && (!served.kind.custom || path[0] === 'metadata'),
  );
  if (wrongType) throw cannotHandle(served, undecodable(served, wrongType));
  if (problems.length > 0) throw invalidResource(served, resource.metadata.name, problems);
  return resource;
}

export const invalidResource = ({ kind, apiVersion }: ServedKind, name: string, problems: readonly Problem[]) =>
  invalid({ kind: { ...kind, apiVersion }, name }, problems);

/** Go's decoder in its own words. */
function undecodable({ kind }: ServedKind, { path, detail }: Problem): string {
  const found = /^Invalid value: "(\w+)"/.exec(detail)?.[1] ?? 'value';
  const wanted = /must be of type (\w+)/.exec(detail)?.[1] ?? 'another type';
  const goNames: Readonly<Record<string, string>> = { integer: 'number', boolean: 'bool' };
  return `json: cannot unmarshal ${goNames[found] ?? found} into Go struct field ${kind.kind}.${fieldOf(path)} of type ${goNames[wanted] ?? wanted}`;
}
