import type { Kind, KindVersion } from './kind.ts';
import { metaSchema } from './meta-schema.ts';
import type { Schema } from './schema.ts';

const text: Schema = { type: 'string' };

type Form = Pick<KindVersion, 'schema'>;

/** The schema of a whole resource in one version of its kind, its identity and metadata included. */
export const schemaOfResource = (kind: Kind, { schema }: Form): Schema => ({
  ...schema,
  properties: { apiVersion: text, kind: text, metadata: metaSchema, ...schema.properties },
  ...(kind.keepsUnknown ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
});

/** What definitions of 2018 know: nothing of the content is dropped. */
const onlyMetadata: Schema = { 'x-kubernetes-preserve-unknown-fields': true, properties: { metadata: metaSchema } };

/** The schema by which unknown members are dropped from a resource. */
export const pruningSchema = (kind: Kind, form: Form): Schema =>
  kind.keepsUnknown ? onlyMetadata : schemaOfResource(kind, form);
