import { complete, withoutUnknown } from '../../resources/admit.ts';
import { metaSchema } from '../../resources/meta-schema.ts';
import { fieldOf, type Problem } from '../../resources/problem.ts';
import type { Resource } from '../../resources/resource.ts';
import { isMembers, type Schema } from '../../resources/schema.ts';
import { schemaOfResource } from '../../resources/whole-schema.ts';
import { cannotHandle, checkTypes, identityOf, mismatch } from '../wire/decoding.ts';
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
  const kind = served.kind.kind;
  const { apiVersion, kind: name } = identityOf(object, kind);
  // Whoever leaves them out means what the address says, as Kubernetes takes it.
  if (apiVersion !== '' && apiVersion !== served.apiVersion) {
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${served.apiVersion})`,
    );
  }
  if (name !== '' && name !== kind) {
    throw badRequest(`the kind in the data (${name}) does not match the expected kind (${kind})`);
  }
  const metadata = object.metadata ?? {};
  if (!isMembers(metadata)) throw cannotHandle(spoken(served), `metadata is not an object`);
  const { resource, unknown } = withoutUnknown(served.kind, served.form, object);
  if (unknown.length > 0 && validation !== 'Ignore') {
    const fields = unknown.map(({ path }) => `unknown field ${JSON.stringify(fieldOf(path))}`);
    if (validation === 'Strict') throw cannotHandle(spoken(served), `strict decoding error: ${fields.join(', ')}`);
    for (const field of fields) warn(field);
  }
  // Who reads on relies on names and versions that are texts.
  checkTypes(spoken(served), metaSchema, metadataOf(resource), ['metadata']);
  const identity = { apiVersion: served.apiVersion, kind };
  return { ...identity, ...(resource as object), ...identity, metadata: metadataOf(resource) } as Resource;
}

const metadataOf = ({ metadata }: Partial<Resource>) => metadata ?? {};

/** The kind in the version that the client speaks. */
const spoken = ({ kind: { kind }, apiVersion }: ServedKind) => ({ apiVersion, kind });

/**
 * Completes a resource and checks everything about it that does not depend on others.
 * @throws ApiError 400 for what Kubernetes would not even decode, 422 with all other problems
 */
export function admitted(served: ServedKind, given: Resource): Resource {
  const { resource, problems } = complete(served.kind, served.form, given);
  const wrongType = problems.find(
    ({ reason, path }) => reason === 'FieldValueTypeInvalid' && (!served.kind.custom || path[0] === 'metadata'),
  );
  if (wrongType) throw cannotHandle(spoken(served), mismatch(served.kind, wrongType));
  if (problems.length > 0) throw invalidResource(served, resource.metadata.name, problems);
  return resource;
}

export const invalidResource = ({ kind, apiVersion }: ServedKind, name: string, problems: readonly Problem[]) =>
  invalid({ kind: { ...kind, apiVersion }, name }, problems);
