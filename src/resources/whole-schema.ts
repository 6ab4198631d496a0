import type { Kind, KindVersion } from './kind.ts';
import { metaSchema } from './meta-schema.ts';
import type { Schema } from './schema.ts';

const text: Schema = { type: 'string' };

/** What definitions of 2018 know: nothing of the content is dropped. */
const onlyMetadata: Schema = { 'x-kubernetes-preserve-unknown-fields': true, properties: { metadata: metaSchema } };

/** The schema by which unknown members are dropped from a resource, its identity and metadata included. */
export const schemaOfResource = (kind: Kind, { schema }: KindVersion): Schema =>
  kind.keepsUnknown
    ? onlyMetadata
    : { ...schema, properties: { apiVersion: text, kind: text, metadata: metaSchema, ...schema.properties } };
